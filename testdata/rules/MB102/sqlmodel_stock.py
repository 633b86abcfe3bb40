"""SQLModel: the guard reads, the write is atomic but asks nothing."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import CheckConstraint, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, create_engine, select

engine = create_engine("postgresql+psycopg://localhost/warehouse")
app = FastAPI()


class Item(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    stock: int = 0


class Pallet(SQLModel, table=True):
    __table_args__ = (CheckConstraint("boxes >= 0", name="boxes_not_negative"),)

    id: int | None = Field(default=None, primary_key=True)
    boxes: int = 0


def get_session():
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


@app.post("/items/{item_id}/pick")
def pick(item_id: int, quantity: int, session: SessionDep):
    item = session.exec(select(Item).where(Item.id == item_id)).first()  # step MB102 read
    if item is None or item.stock < quantity:  # step MB102 check
        raise HTTPException(409, "not enough")
    session.exec(update(Item).where(Item.id == item_id).values(stock=Item.stock - quantity))  # want MB102 "stock"
    session.commit()


@app.post("/items/{item_id}/pick/guarded")
def pick_guarded(item_id: int, quantity: int, session: SessionDep):
    picked = session.exec(
        update(Item).where(Item.id == item_id, Item.stock >= quantity).values(stock=Item.stock - quantity)
    )
    if picked.rowcount == 0:
        raise HTTPException(409, "not enough")
    session.commit()


@app.post("/items/{item_id}/pick/locked")
def pick_locked(item_id: int, quantity: int, session: SessionDep):
    item = session.exec(select(Item).where(Item.id == item_id).with_for_update()).first()
    if item is None or item.stock < quantity:
        raise HTTPException(409, "not enough")
    item.stock -= quantity
    session.add(item)
    session.commit()


@app.post("/pallets/{pallet_id}/unload")
def unload(pallet_id: int, boxes: int, session: SessionDep):
    pallet = session.get(Pallet, pallet_id)
    if pallet is None or pallet.boxes < boxes:
        raise HTTPException(409, "not enough")
    try:
        session.exec(update(Pallet).where(Pallet.id == pallet_id).values(boxes=Pallet.boxes - boxes))
        session.commit()
    except IntegrityError:
        session.rollback()
        raise HTTPException(409, "not enough") from None
