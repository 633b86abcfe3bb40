"""A socket whose caller is a document."""
from fastapi import FastAPI, WebSocket, WebSocketException, status
from motor.motor_asyncio import AsyncIOMotorClient

store = AsyncIOMotorClient("mongodb://store.example").studio
app = FastAPI()


@app.websocket("/channels/{channel}")
async def talk(ws: WebSocket, channel: str, token: str):
    guest = await store.users.find_one({"token": token})
    if guest is None or guest["banned"]:  # step MB304 check
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION)
    await ws.accept()
    async for text in ws.iter_text():
        await store.lines.insert_one({"channel": channel, "by": guest["_id"], "text": text})  # want MB304 "users"


@app.websocket("/channels/{channel}/asked")
async def talk_asked(ws: WebSocket, channel: str, token: str):
    await ws.accept()
    async for text in ws.iter_text():
        guest = await store.users.find_one({"token": token})
        if guest is None or guest["banned"]:
            raise WebSocketException(status.WS_1008_POLICY_VIOLATION)
        await store.lines.insert_one({"channel": channel, "by": guest["_id"], "text": text})


@app.post("/users/{name}/ban")
async def ban(name: str):
    await store.users.update_one({"_id": name}, {"$set": {"banned": True}})
