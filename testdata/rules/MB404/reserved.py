"""What threads do under a flag that they set is told at the flag, where two can pass; under a lock nobody passes."""
import subprocess
import threading

import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Engine:
    def __init__(self):
        self.restarting = False
        self.process: subprocess.Popen | None = None

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        self.process = None

    def start(self):
        if self.process is not None:
            raise RuntimeError("it runs")
        self.process = subprocess.Popen(["engine"])

    def restart(self):
        if self.restarting:  # step MB404 check
            return
        try:
            self.restarting = True  # want MB404 "restarting"
            self.stop()
            self.start()
        finally:
            self.restarting = False


engine = Engine()


@app.post("/engine/restart")
def restart():
    engine.restart()


lock = threading.Lock()
loaded: dict[str, bytes] = {}
loading: set[str] = set()


@app.post("/tiles/{name}")
def load(name: str):
    with lock:
        if name in loaded or name in loading:
            raise HTTPException(409)
        loading.add(name)
    try:
        loaded[name] = subprocess.check_output(["tile", name])
    finally:
        with lock:
            loading.discard(name)


pump: dict[str, subprocess.Popen] = {}


@app.post("/pumps/{name}")
def start_pump(name: str):
    if name in pump:  # step MB404 check
        raise HTTPException(409)
    pump[name] = subprocess.Popen(["pump", name])  # want MB404 "pump"


if __name__ == "__main__":
    uvicorn.run(app, workers=1)
