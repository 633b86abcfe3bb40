"""Motor: find_one and update_one, and find_one_and_update."""
from fastapi import Depends, FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase

client = AsyncIOMotorClient("mongodb://localhost")
app = FastAPI()


def get_database() -> AsyncIOMotorDatabase:
    return client["kitchen"]


class Dishes:
    def __init__(self, db: AsyncIOMotorDatabase = Depends(get_database)) -> None:
        self.dishes = db["dishes"]

    async def portions(self, name: str) -> int:
        dish = await self.dishes.find_one({"name": name})  # step MB805 read
        return dish["portions"] if dish else 0

    async def take(self, name: str) -> None:
        await self.dishes.update_one({"name": name}, {"$inc": {"portions": -1}})  # want MB805 "portions|dishes"

    async def take_if_left(self, name: str) -> bool:
        dish = await self.dishes.find_one_and_update(
            {"name": name, "portions": {"$gt": 0}}, {"$inc": {"portions": -1}}
        )
        return dish is not None


@app.post("/dishes/{name}/order")
async def order(name: str, dishes: Dishes = Depends()):
    if await dishes.portions(name) < 1:  # step MB805 check
        raise HTTPException(409)
    await dishes.take(name)


@app.post("/v2/dishes/{name}/order")
async def order_left(name: str, dishes: Dishes = Depends()):
    if not await dishes.take_if_left(name):
        raise HTTPException(409)
