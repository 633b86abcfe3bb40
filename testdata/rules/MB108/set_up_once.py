"""Whether the installation has been set up is told by its one row of settings: the account with every right is made where it says no."""
from datetime import UTC, datetime

from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.models import Model


class Settings(Model):
    id = fields.IntField(primary_key=True)
    set_up_at = fields.DatetimeField(null=True)


class Account(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=60, unique=True)
    is_root = fields.BooleanField(default=False)


class Offer(Model):
    id = fields.IntField(primary_key=True)
    taken_at = fields.DatetimeField(null=True)


app = FastAPI()
register_tortoise(app, db_url="asyncpg://setup@db/setup", modules={"models": ["set_up_once"]})


@app.post("/setup")
async def set_up(name: str):
    settings, _ = await Settings.get_or_create(id=1)
    if settings.set_up_at is not None:  # want MB108 "set_up_at"
        raise HTTPException(409)
    await Account.create(name=name, is_root=True)
    settings.set_up_at = datetime.now(UTC)
    await settings.save(update_fields=["set_up_at"])


@app.post("/setup/claimed")
async def set_up_ok(name: str):
    settings, _ = await Settings.get_or_create(id=1)
    if settings.set_up_at is not None:
        raise HTTPException(409)
    if not await Settings.filter(id=1, set_up_at__isnull=True).update(set_up_at=datetime.now(UTC)):
        raise HTTPException(409)
    await Account.create(name=name, is_root=True)


@app.post("/offers/{offer_id}/take")
async def take(offer_id: int, name: str):
    offer = await Offer.get(id=offer_id)
    if offer.taken_at is not None:  # want MB107 "taken_at"
        raise HTTPException(409)
    await Account.create(name=name, is_root=True)
    offer.taken_at = datetime.now(UTC)
    await offer.save(update_fields=["taken_at"])
