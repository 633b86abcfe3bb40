"""A key that is unique refuses the second claim, and the clause that catches the refusal forgets it."""
import logging
import os
from datetime import datetime, timedelta, timezone

import jwt
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import DuplicateKeyError

app = FastAPI()
log = logging.getLogger(__name__)
db = AsyncIOMotorClient("mongodb://localhost").library
KEY = os.environ["KEY"]


@app.on_event("startup")
async def indexes():
    await db.spent_tokens.create_index("jti", unique=True)


def new_token(reader: str) -> str:
    return jwt.encode({"sub": reader, "exp": datetime.now(timezone.utc) + timedelta(days=7)}, KEY, algorithm="HS256")


async def reader_of(token: str) -> str | None:
    """Gives nobody for a token that is spent."""
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return None
    if claims.get("kind") != "refresh":
        return None
    if await db.spent_tokens.find_one({"jti": claims.get("jti")}):
        return None
    return claims.get("sub")


@app.post("/sessions/refresh")
async def refresh(token: str):
    reader = await reader_of(token)
    if not reader:
        raise HTTPException(401)
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    try:
        await db.spent_tokens.insert_one({"jti": claims.get("jti"), "reader": reader})  # want MB112 "spent_tokens"
    except DuplicateKeyError:
        log.warning("spent twice")
    return {"token": new_token(reader)}


@app.post("/v2/sessions/refresh")
async def refresh_once(token: str):
    reader = await reader_of(token)
    if not reader:
        raise HTTPException(401)
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    try:
        await db.spent_tokens.insert_one({"jti": claims.get("jti"), "reader": reader})
    except DuplicateKeyError:
        raise HTTPException(401)
    return {"token": new_token(reader)}


@app.post("/sessions/end")
async def end(token: str):
    reader = await reader_of(token)
    if reader is None:
        raise HTTPException(401)
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    try:
        await db.spent_tokens.insert_one({"jti": claims.get("jti"), "reader": reader})
    except DuplicateKeyError:
        pass
    await db.audit_log.insert_one({"reader": reader, "what": "left"})
