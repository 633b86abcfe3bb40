"""Memory of each of two processes: what makes a helper wait a while, and what turns a client away."""
import time

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
failed_at = 0.0
knocked: dict[str, float] = {}


def weather() -> dict:
    global failed_at
    if failed_at and time.time() - failed_at < 30:
        return {}
    try:
        return httpx.get("https://weather.example/today").json()
    except httpx.HTTPError:
        failed_at = time.time()
        return {}


@app.get("/weather")
async def today():
    return weather()


@app.post("/knock/{who}")
async def knock(who: str):
    if who in knocked and time.time() - knocked[who] < 30:  # step MB405 check
        raise HTTPException(429)
    knocked[who] = time.time()  # want MB405 "knocked"
    return {}


if __name__ == "__main__":
    uvicorn.run("pauses:app", workers=2)
