# A stock Flask app without a line of telemetry.
from flask import Flask

app = Flask(__name__)


@app.get("/hello/<name>")
def hello(name):
    print("hello", name)
    return f"hello {name}"
