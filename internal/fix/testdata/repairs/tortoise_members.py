from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.contrib.fastapi import register_tortoise
from tortoise.models import Model

app = FastAPI()


class Member(Model):
    id = fields.IntField(primary_key=True)
    joined = fields.BooleanField(default=False)
    seen = fields.DatetimeField(auto_now=True)


async def known(member_id: int) -> Member:
    member = await Member.filter(id=member_id).first()
    if member is None:
        raise HTTPException(404)
    return member


@app.post("/members/{member_id}/join")
async def join(member_id: int):
    member = await known(member_id)
    if member.joined:
        raise HTTPException(409)
    member.joined = True
    await member.save()


register_tortoise(app, db_url="postgres://localhost/members", modules={"models": ["main"]})
