"""A document that has to be there before another one is added: one more of them turns no such decision, and who takes them away makes no two."""
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

notes = AsyncIOMotorClient()["harbour"]["notes"]
app = FastAPI()


@app.post("/berths/{berth}/notes")
async def answer(berth: str, text: str):
    if not await notes.find_one({"berth": berth}):
        raise HTTPException(404)
    await notes.insert_one({"berth": berth, "text": text})


@app.delete("/berths/{berth}")
async def clear(berth: str):
    await notes.delete_many({"berth": berth})
