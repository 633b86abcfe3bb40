"""WATCH holds until the pipeline is executed, on the way on which that happens and on no other."""
import redis
from fastapi import FastAPI, HTTPException

client = redis.Redis(decode_responses=True)
app = FastAPI()


@app.post("/tickets/{name}/take")
def take(name: str):
    key = f"tickets:{name}"
    for _ in range(5):
        with client.pipeline() as pipe:
            try:
                pipe.watch(key)
                left = int(pipe.get(key) or 0)
                if left > 100:
                    pipe.multi()
                    pipe.set(key, 100)
                    pipe.execute()
                    return {"left": 100}
                if left < 1:
                    pipe.unwatch()
                    raise HTTPException(409)
                pipe.multi()
                pipe.set(key, left - 1)
                pipe.execute()
                return {"left": left - 1}
            except redis.WatchError:
                continue
    raise HTTPException(503)


def look(pipe, key: str) -> int | None:
    left = pipe.get(key)
    if left is None:
        pipe.unwatch()
        return None
    return int(left)


@app.post("/chairs/{name}/take")
def take_chair(name: str):
    key = f"chairs:{name}"
    for _ in range(5):
        with client.pipeline() as pipe:
            try:
                pipe.watch(key)
                left = look(pipe, key)
                if left is None:
                    raise HTTPException(404)
                if left < 1:
                    raise HTTPException(409)
                pipe.multi()
                pipe.set(key, left - 1)
                pipe.execute()
                return {"left": left - 1}
            except redis.WatchError:
                continue
    raise HTTPException(503)


@app.post("/seats/{name}/take")
def take_late(name: str):
    key = f"seats:{name}"
    for _ in range(5):
        with client.pipeline() as pipe:
            try:
                pipe.watch(key)
                left = int(pipe.get(key) or 0)  # step MB804|MB801 read
                pipe.multi()
                pipe.incr(f"asked:{name}")
                pipe.execute()
                if left < 1:  # step MB804|MB801 check
                    raise HTTPException(409)
                pipe.set(key, left - 1)  # want MB804|MB801 "seats"
                pipe.execute()
                return {"left": left - 1}
            except redis.WatchError:
                continue
    raise HTTPException(503)
