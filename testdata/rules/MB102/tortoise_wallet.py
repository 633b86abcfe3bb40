"""Tortoise: enough is tested in Python, or in the statement; through a service and a repository."""
from fastapi import Depends, FastAPI, HTTPException
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.exceptions import DoesNotExist
from tortoise.expressions import F, Q
from tortoise.models import Model
from tortoise.transactions import atomic, in_transaction

app = FastAPI()


class Wallet(Model):
    id = fields.IntField(primary_key=True)
    owner = fields.CharField(max_length=40, unique=True)
    cents = fields.IntField(default=0)


class Wallets:
    async def of(self, owner: str) -> Wallet:
        try:
            return await Wallet.get(owner=owner)  # step MB102 read
        except DoesNotExist:
            raise HTTPException(404) from None

    async def take(self, owner: str, cents: int) -> None:
        await Wallet.filter(owner=owner).update(cents=F("cents") - cents)  # want MB102 "cents"

    async def take_if(self, owner: str, cents: int) -> bool:
        return bool(await Wallet.filter(Q(owner=owner) & Q(cents__gte=cents)).update(cents=F("cents") - cents))


@app.post("/wallets/{owner}/spend")
async def spend(owner: str, cents: int, wallets: Wallets = Depends()):
    wallet = await wallets.of(owner)
    if wallet.cents < cents:  # step MB102 check
        raise HTTPException(402)
    await wallets.take(owner, cents)


@app.post("/v2/wallets/{owner}/spend")
async def spend_guarded(owner: str, cents: int, wallets: Wallets = Depends()):
    if not await wallets.take_if(owner, cents):
        raise HTTPException(402)


@app.post("/v3/wallets/{owner}/spend")
async def spend_locked(owner: str, cents: int):
    async with in_transaction() as conn:
        wallet = await Wallet.filter(owner=owner).using_db(conn).select_for_update().first()
        if wallet is None or wallet.cents < cents:
            raise HTTPException(402)
        wallet.cents -= cents
        await wallet.save(using_db=conn, update_fields=["cents"])


@atomic()
async def pay(owner: str, cents: int) -> None:
    wallet = await Wallet.select_for_update().get(owner=owner)
    if wallet.cents < cents:
        raise HTTPException(402)
    await Wallet.filter(id=wallet.id).update(cents=F("cents") - cents)


@app.post("/v4/wallets/{owner}/spend")
async def spend_atomic(owner: str, cents: int):
    await pay(owner, cents)


register_tortoise(app, db_url="asyncpg://localhost/wallets", modules={"models": [__name__]})
