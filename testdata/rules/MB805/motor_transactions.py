"""Motor: transactions refuse the second writer; quotas by counting; names by a unique index."""
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, OperationFailure

client = AsyncIOMotorClient("mongodb://localhost")
db = client.bank
app = FastAPI()


@app.on_event("startup")
async def indexes() -> None:
    await db.aliases.create_index("name", unique=True)


@app.post("/accounts/{account_id}/spend")
async def spend(account_id: str, cents: int):
    account = await db.accounts.find_one({"_id": account_id})  # step MB805 read
    if not account or account["cents"] < cents:  # step MB805 check
        raise HTTPException(402)
    await db.accounts.update_one({"_id": account_id}, {"$set": {"cents": account["cents"] - cents}})  # want MB805 "cents|accounts"


@app.post("/wallets/{wallet_id}/spend")
async def spend_in_transaction(wallet_id: str, cents: int):
    async with await client.start_session() as session:
        try:
            async with session.start_transaction():
                wallet = await db.wallets.find_one({"_id": wallet_id}, session=session)
                if not wallet or wallet["cents"] < cents:
                    raise HTTPException(402)
                await db.wallets.update_one({"_id": wallet_id}, {"$inc": {"cents": -cents}}, session=session)
        except OperationFailure:
            raise HTTPException(409) from None


@app.post("/v2/accounts/{account_id}/spend")
async def spend_guarded(account_id: str, cents: int):
    account = await db.accounts.find_one_and_update(
        {"_id": account_id, "cents": {"$gte": cents}}, {"$inc": {"cents": -cents}}, return_document=ReturnDocument.AFTER
    )
    if account is None:
        raise HTTPException(402)


@app.post("/aliases/{name}")
async def alias(name: str):
    if await db.aliases.find_one({"name": name}):
        raise HTTPException(409)
    try:
        await db.aliases.insert_one({"name": name})
    except DuplicateKeyError:
        raise HTTPException(409) from None


@app.post("/nicknames/{name}")
async def nickname(name: str):
    if await db.nicknames.count_documents({"name": name}, limit=1):  # step MB103 check
        raise HTTPException(409)
    await db.nicknames.insert_one({"name": name})  # want MB103|MB105 "nicknames"
