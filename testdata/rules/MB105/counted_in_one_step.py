"""An insert that counts in its own condition is one step where one writes at a time."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, insert, literal, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

make_session = sessionmaker(create_engine("sqlite:///tags.db"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    title: Mapped[str]


def get_db():
    with make_session() as db:
        yield db


@app.post("/accounts/{account}/tags")
def tag(account: int, title: str, db: Session = Depends(get_db)):
    used = select(func.count()).select_from(Tag).where(Tag.account_id == account).scalar_subquery()
    added = db.execute(insert(Tag).from_select(["account_id", "title"], select(literal(account), literal(title)).where(used < 5)))
    if added.rowcount == 0:
        raise HTTPException(403)
    db.commit()
