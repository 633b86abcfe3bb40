# A data class that is given its fields by their aliases: those of a generator, and those that a field declares.
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("postgresql+asyncpg://localhost/ward")
Session = async_sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Ward(Base):
    __tablename__ = "wards"
    id: Mapped[int] = mapped_column(primary_key=True)
    ward_name: Mapped[str] = mapped_column(String(40))
    door_code: Mapped[str] = mapped_column(String(8))


class WardQuery(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    ward_name: str | None = None
    code: str | None = Field(default=None, validation_alias="doorCode")


class WardIn(BaseModel):
    ward_name: str
    door_code: str


async def get_db():
    async with Session() as session:
        yield session


async def find_ward(db: AsyncSession, query: WardQuery) -> Ward | None:
    statement = select(Ward).where(
        Ward.ward_name == query.ward_name if query.ward_name else True,
        Ward.door_code == query.code if query.code else True,
    )
    return (await db.execute(statement)).scalars().first()


@app.post("/wards")
async def add_ward(body: WardIn, db: AsyncSession = Depends(get_db)):
    known = await find_ward(db, WardQuery(wardName=body.ward_name))
    if known:  # want MB103 "ward_name"
        raise HTTPException(409, "there is such a ward")
    db.add(Ward(**body.model_dump()))
    await db.commit()


@app.post("/doors")
async def add_door(body: WardIn, db: AsyncSession = Depends(get_db)):
    known = await find_ward(db, WardQuery(doorCode=body.door_code))
    if known:  # want MB103 "door_code"
        raise HTTPException(409, "the code is taken")
    db.add(Ward(ward_name=body.ward_name, door_code=body.door_code))
    await db.commit()
