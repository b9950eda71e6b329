# A stock FastAPI app that asks another service through `requests`, without a line of telemetry.
import os

import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/hello/{name}")
def hello(name: str):
    return {"said": requests.get(f"{os.environ['FLASK_URL']}/hello/{name}", timeout=10).text}
