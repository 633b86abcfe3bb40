"""A rival that writes one of several constants, none of which the check refuses: whichever it is, the request goes on as it would have."""
from databases import Database
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

database = Database("postgresql://localhost/parcels")
metadata = MetaData()
parcels = Table("parcels", metadata, Column("code", String, primary_key=True), Column("state", String), Column("weight", Integer))
crates = Table("crates", metadata, Column("code", String, primary_key=True), Column("state", String), Column("weight", Integer))
SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/parcels"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Bag(Base):
    __tablename__ = "bags"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


class Trunk(Base):
    __tablename__ = "trunks"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


def get_db():
    with SessionLocal() as db:
        yield db


async def put_state(code: str, state: str, **more):
    values = {"state": state}
    values.update(more)
    await database.execute(parcels.update().where(parcels.c.code == code).values(**values))


@app.post("/parcels/{code}/return")
async def return_parcel(code: str, whole: bool):
    state = "returned" if whole else "returned in part"
    await put_state(code, state)


@app.post("/parcels/{code}/send")
async def send_parcel(code: str):  # returned or not, it is sent
    parcel = await database.fetch_one("SELECT * FROM parcels WHERE code = :code", {"code": code})
    if parcel["state"] == "lost":
        raise HTTPException(403)
    await database.execute("UPDATE parcels SET state = 'under way' WHERE code = :code", {"code": code})


@app.post("/crates/{code}/return")
async def return_crate(code: str, whole: bool):
    await database.execute(crates.update().where(crates.c.code == code).values(state="returned" if whole else "lost"))


@app.post("/crates/{code}/send")
async def send_crate(code: str):
    crate = await database.fetch_one("SELECT * FROM crates WHERE code = :code", {"code": code})
    if crate["state"] == "lost":  # want MB107 "crates.state"
        raise HTTPException(403)
    await database.execute("UPDATE crates SET state = 'under way' WHERE code = :code", {"code": code})


@app.post("/bags/{bag_id}/check")
def check_bag(bag_id: int, heavy: bool, db: Session = Depends(get_db)):
    bag = db.get(Bag, bag_id)
    bag.state = "heavy" if heavy else "light"
    db.commit()


@app.post("/bags/{bag_id}/load")
def load_bag(bag_id: int, db: Session = Depends(get_db)):
    bag = db.get(Bag, bag_id)
    if bag.state in ("lost", "stolen"):
        raise HTTPException(409)
    bag.state = "loaded"
    db.commit()


@app.post("/trunks/{trunk_id}/check")
def check_trunk(trunk_id: int, heavy: bool, db: Session = Depends(get_db)):
    trunk = db.get(Trunk, trunk_id)
    trunk.state = "heavy" if heavy else "light"
    db.commit()


@app.post("/trunks/{trunk_id}/load")
def load_trunk(trunk_id: int, db: Session = Depends(get_db)):
    trunk = db.get(Trunk, trunk_id)
    if trunk.state != "new":  # want MB107 "trunks.state"
        raise HTTPException(409)
    trunk.state = "loaded"
    db.commit()
