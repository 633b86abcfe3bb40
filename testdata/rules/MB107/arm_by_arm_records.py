"""Records that save themselves show in each arm of a branch what was loaded, and not what the other arm gave them."""
from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.models import Model

app = FastAPI()


class Loom(Model):
    id = fields.IntField(primary_key=True)
    state = fields.CharField(max_length=20)
    broken = fields.BooleanField(default=False)


class Wage(Model):
    id = fields.IntField(primary_key=True)
    loom_id = fields.IntField()


@app.post("/looms/{loom_id}/{action}")
async def act(loom_id: int, action: str):
    loom = await Loom.get(id=loom_id)
    if action == "halt":
        loom.state = "halted"
    elif loom.state != "woven":  # want MB107 "both pass the check"
        raise HTTPException(409)
    else:
        loom.state = "paid"
        await Wage.create(loom_id=loom_id)
    await loom.save()


@app.post("/wages/{loom_id}")
async def pay(loom_id: int):
    loom = await Loom.get(id=loom_id)
    if loom.broken:
        loom.state = "scrap"
    if loom.state != "woven":  # want MB107 "both pass the check"
        raise HTTPException(409)
    await Wage.create(loom_id=loom_id)
    loom.state = "paid"
    await loom.save()
    return {"state": loom.state}


register_tortoise(app, db_url="asyncpg://localhost/looms", modules={"models": [__name__]})
