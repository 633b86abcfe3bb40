"""The caller is a document, and what it says is asked before long work."""
from fastapi import Depends, FastAPI, Header, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from openai import AsyncOpenAI

store = AsyncIOMotorClient("mongodb://store.example").newsroom
model = AsyncOpenAI()
app = FastAPI()


async def current_user(authorization: str = Header()) -> dict:
    user = await store.users.find_one({"token": authorization})
    if not user:
        raise HTTPException(401)
    return user


async def editor(user: dict = Depends(current_user)) -> dict:
    if user.get("role") != "editor":  # step MB303 check
        raise HTTPException(403)
    return user


@app.post("/articles")
async def publish(topic: str, user: dict = Depends(editor)):
    draft = await model.responses.create(model="m", input=topic)
    await store.articles.insert_one({"by": user["_id"], "text": draft.output_text})  # want MB303 "users"


@app.post("/notes")
async def note(text: str, user: dict = Depends(editor)):
    await store.notes.insert_one({"by": user["_id"], "text": text})


@app.post("/articles/asked-again")
async def publish_asked_again(topic: str, authorization: str = Header(), user: dict = Depends(editor)):
    draft = await model.responses.create(model="m", input=topic)
    now = await store.users.find_one({"token": authorization})
    if now is None or now["role"] != "editor":
        raise HTTPException(403)
    await store.articles.insert_one({"by": user["_id"], "text": draft.output_text})


@app.put("/users/{user_id}/role")
async def set_role(user_id: str, role: str, user: dict = Depends(editor)):
    await store.users.update_one({"_id": user_id}, {"$set": {"role": role}})
