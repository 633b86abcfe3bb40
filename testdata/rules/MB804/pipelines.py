"""A pipeline runs without interruption; what was read before it is old."""
import redis
from fastapi import FastAPI, HTTPException

client = redis.Redis(decode_responses=True)
app = FastAPI()


@app.post("/bets/{user}")
def bet(user: str, chips: int):
    have = int(client.hget("chips", user) or 0)  # step MB804 read
    if have < chips:  # step MB804 check
        raise HTTPException(402)
    pipe = client.pipeline()
    pipe.hset("chips", user, have - chips)  # want MB804 "chips"
    pipe.hincrby("pot", "chips", chips)
    pipe.execute()


@app.post("/v2/bets/{user}")
def bet_transaction(user: str, chips: int):
    key = f"chips:{user}"

    def move(pipe: redis.client.Pipeline) -> None:
        have = int(pipe.get(key) or 0)
        if have < chips:
            raise HTTPException(402)
        pipe.multi()
        pipe.set(key, have - chips)

    client.transaction(move, key)
