"""A key that is set only where it is missing claims nothing for whoever does not look whether it was set."""
import httpx
from fastapi import FastAPI, Header, HTTPException
from redis.asyncio import Redis

app = FastAPI()
redis = Redis(decode_responses=True)
bank = httpx.AsyncClient(base_url="https://bank.example")


@app.post("/transfers")
async def transfer(cents: int, idempotency_key: str = Header()):
    await redis.set(f"idempotency:{idempotency_key}", "1", nx=True, ex=3600)  # want MB112 "redis"
    await bank.post("/transfers", json={"cents": cents})


@app.post("/payouts")
async def payout_ok(cents: int, idempotency_key: str = Header()):
    if not await redis.set(f"idempotency:{idempotency_key}", "1", nx=True, ex=3600):
        raise HTTPException(409)
    await bank.post("/transfers", json={"cents": cents})


@app.post("/visits/{event}")
async def count_ok(event: str):
    await redis.set(f"since:{event}", "today", nx=True)  # a beginning, not a claim
    await bank.post("/visits", json={"event": event})
