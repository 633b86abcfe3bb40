"""Who may change a row because its owner is who asks, and writes who asks into it, hands nothing over."""
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import create_engine, delete, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/shelves"))


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[str]
    title: Mapped[str]


class Drawer(Base):
    __tablename__ = "drawers"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[str]
    title: Mapped[str]


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.put("/shelves/{id}")
def change_shelf(id: int, title: str, me: str = Header(), session: Session = Depends(db)):
    shelf = session.get(Shelf, id)
    if shelf.owner_id != me:
        raise HTTPException(403)
    session.execute(update(Shelf).where(Shelf.id == id).values(title=title, owner_id=me))
    session.commit()


@app.delete("/shelves/{id}")
def delete_shelf(id: int, me: str = Header(), session: Session = Depends(db)):
    shelf = session.get(Shelf, id)
    if shelf.owner_id != me:
        raise HTTPException(403)
    session.execute(delete(Shelf).where(Shelf.id == id))
    session.commit()


@app.put("/drawers/{id}")
def give_drawer(id: int, to: str, me: str = Header(), session: Session = Depends(db)):
    drawer = session.get(Drawer, id)
    if drawer.owner_id != me:  # step MB101|MB107|MB302 check
        raise HTTPException(403)
    session.execute(update(Drawer).where(Drawer.id == id).values(owner_id=to))  # want MB101|MB107|MB302 "drawers"
    session.commit()


@app.delete("/drawers/{id}")
def delete_drawer(id: int, me: str = Header(), session: Session = Depends(db)):
    drawer = session.get(Drawer, id)
    if drawer.owner_id != me:  # step MB302 check
        raise HTTPException(403)
    session.execute(delete(Drawer).where(Drawer.id == id))  # want MB302 "drawers"
    session.commit()
