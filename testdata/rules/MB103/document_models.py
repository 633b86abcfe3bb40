"""Models with objects.filter(…).exists() and objects.create(…), as ormar has them."""
import databases
import ormar
import sqlalchemy
from fastapi import FastAPI, HTTPException

base = ormar.OrmarConfig(
    database=databases.Database("postgresql+asyncpg://localhost/zoo"), metadata=sqlalchemy.MetaData()
)
app = FastAPI()


class Keeper(ormar.Model):
    ormar_config = base.copy(tablename="keepers")

    id: int = ormar.Integer(primary_key=True)
    badge: str = ormar.String(max_length=20)


@app.post("/keepers")
async def hire(badge: str):
    if await Keeper.objects.filter(badge=badge).exists():  # step MB103 check
        raise HTTPException(409)
    await Keeper.objects.create(badge=badge)  # want MB103 "badge|keeper"
