"""A voucher is deleted where there is one, and the caller of the helper is refused afterwards if there was none."""
import httpx
from fastapi import FastAPI, HTTPException
from redis.asyncio import Redis

redis = Redis(host="redis", decode_responses=True)
app = FastAPI()


async def spend(voucher: str) -> str | None:
    holder = await redis.get(f"voucher:{voucher}")
    if holder is not None:
        await redis.delete(f"voucher:{voucher}")  # want MB802 "voucher"
    return holder


@app.post("/orders")
async def order(voucher: str, meal: str):
    holder = await spend(voucher)
    if holder is None:
        raise HTTPException(401, "voucher is unknown")
    async with httpx.AsyncClient() as client:
        await client.post("https://kitchen.example/orders", json={"for": holder, "meal": meal})


async def spend_at_once(voucher: str) -> str | None:
    return await redis.getdel(f"voucher:{voucher}")


@app.post("/orders/at-once")
async def order_at_once(voucher: str, meal: str):
    holder = await spend_at_once(voucher)
    if holder is None:
        raise HTTPException(401, "voucher is unknown")
    async with httpx.AsyncClient() as client:
        await client.post("https://kitchen.example/orders", json={"for": holder, "meal": meal})
