"""A row becomes an object of the domain, which decides and changes itself, and is written back as a whole: a mapping made of its fields."""
from dataclasses import asdict, dataclass, fields

from fastapi import FastAPI, HTTPException
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine("postgresql+asyncpg://localhost/certificates")
metadata = MetaData()
certificates = Table("certificates", metadata, Column("id", Integer, primary_key=True), Column("units", Integer), Column("retired", Integer))
app = FastAPI()


@dataclass
class Certificate:
    id: int
    units: int
    retired: int = 0

    def retire(self, n: int) -> None:
        if n > self.units:  # step MB102|MB101 check
            raise ValueError(n)
        self.units -= n
        self.retired += n


class Repository:
    def __init__(self, conn) -> None:
        self.conn = conn

    async def get(self, key: int, lock: bool = False) -> Certificate | None:
        statement = select(*[certificates.c[f.name] for f in fields(Certificate)]).where(certificates.c.id == key)
        if lock:
            statement = statement.with_for_update()
        row = (await self.conn.execute(statement)).mappings().one_or_none()
        return None if row is None else Certificate(**row)

    async def save(self, certificate: Certificate) -> None:
        values = asdict(certificate)
        key = values.pop("id")
        await self.conn.execute(certificates.update().where(certificates.c.id == key).values(**values))  # want MB102|MB101 "certificates"


@app.post("/certificates/{key}/retire")
async def retire(key: int, n: int):
    async with engine.begin() as conn:
        repository = Repository(conn)
        certificate = await repository.get(key)
        if certificate is None:
            raise HTTPException(404)
        try:
            certificate.retire(n)
        except ValueError:
            raise HTTPException(409) from None
        await repository.save(certificate)
