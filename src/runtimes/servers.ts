// How Loki, Prometheus and Tempo are started, in containers as on the host: the configuration of compose/, and what it
// leaves open (addresses and folders) on the command line or in the environment.

export const serverNames = ['loki', 'prometheus', 'tempo'] as const;
export type ServerName = (typeof serverNames)[number];

/** Where one server runs. */
export interface ServerPlace {
  /** The file of compose/, as the server sees it. */
  readonly configFile: string;
  readonly dataDir: string;
  readonly listenAddress: string;
  readonly httpPort: number;
  /** Loki and Tempo: for their own parts, always on 127.0.0.1. */
  readonly grpcPort: number;
  /** Tempo: its receivers and its gossip with itself. */
  readonly otlpHttpPort: number;
  readonly otlpGrpcPort: number;
  readonly gossipPort: number;
}

export interface ServerCommand {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The file of compose/ that holds a server's configuration. */
export const serverConfigFiles: Readonly<Record<ServerName, string>> = {
  loki: 'loki.yaml',
  prometheus: 'prometheus.yml',
  tempo: 'tempo.yaml',
};

const anywhere = { listenAddress: '0.0.0.0', grpcPort: 9095, otlpHttpPort: 4318, otlpGrpcPort: 4317, gossipPort: 7946 };

/** Where a server says whether it is ready. */
export const readyPaths: Readonly<Record<ServerName, string>> = {
  loki: '/ready',
  prometheus: '/-/ready',
  tempo: '/ready',
};

/** Places in the containers; the variables' defaults in compose/ are these. */
export const containerPlaces: Readonly<Record<ServerName, ServerPlace>> = {
  loki: { ...anywhere, configFile: '/etc/loki/loki.yaml', dataDir: '/loki', httpPort: 3100 },
  prometheus: { ...anywhere, configFile: '/etc/prometheus/prometheus.yml', dataDir: '/prometheus', httpPort: 9090 },
  tempo: { ...anywhere, configFile: '/etc/tempo/tempo.yaml', dataDir: '/var/tempo', httpPort: 3200 },
};

/** Memory of the containers unless obs.yaml says otherwise, in bytes. */
export const serverMemoryBytes: Readonly<Record<ServerName, number>> = {
  loki: 1024 ** 3,
  prometheus: 512 * 1024 ** 2,
  tempo: 512 * 1024 ** 2,
};

// The same language features as in the embedded runtime; exemplars lead from a metric to a trace.
const prometheusFeatures = [
  'exemplar-storage',
  'promql-experimental-functions',
  'promql-extended-range-selectors',
  'promql-binop-fill-modifiers',
];

const commandMakers: Readonly<Record<ServerName, (place: ServerPlace) => ServerCommand>> = {
  loki: makeExpandedCommand,
  tempo: makeExpandedCommand,
  prometheus: (place) => ({
    args: [
      `--config.file=${place.configFile}`,
      `--storage.tsdb.path=${place.dataDir}`,
      `--web.listen-address=${place.listenAddress}:${place.httpPort}`,
      '--web.enable-otlp-receiver',
      '--web.enable-remote-write-receiver',
      `--enable-feature=${prometheusFeatures.join(',')}`,
      '--log.level=warn',
    ],
    env: {},
  }),
};

/** Arguments and environment with which a server starts at `place`. */
export function makeServerCommand(server: ServerName, place: ServerPlace): ServerCommand {
  return commandMakers[server](place);
}

// The environment is complete also where it says what the file says anyway, so that an inherited variable changes nothing.
function makeExpandedCommand(place: ServerPlace): ServerCommand {
  return {
    args: [`-config.file=${place.configFile}`, '-config.expand-env=true'],
    env: {
      OBS_LISTEN_ADDRESS: place.listenAddress,
      OBS_HTTP_PORT: String(place.httpPort),
      OBS_GRPC_PORT: String(place.grpcPort),
      OBS_OTLP_HTTP_PORT: String(place.otlpHttpPort),
      OBS_OTLP_GRPC_PORT: String(place.otlpGrpcPort),
      OBS_GOSSIP_PORT: String(place.gossipPort),
      OBS_DATA_DIR: place.dataDir,
    },
  };
}
