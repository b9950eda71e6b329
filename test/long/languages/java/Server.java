// A stock HTTP server of the JDK, without a line of telemetry: it prints a line and logs another for each request.
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.logging.Logger;
public class Server {
  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    Logger log = Logger.getLogger("shop");
    server.createContext("/hello", exchange -> {
      System.out.println("hello from " + exchange.getRequestURI());
      log.info("answered");
      byte[] body = "ok".getBytes();
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    System.out.println("listening on port " + server.getAddress().getPort());
  }
}
