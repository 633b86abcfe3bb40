"""A row is made where it is missing, and a constraint keeps the second one out: the loser goes on with the winner's row."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://localhost/tags")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    uses: Mapped[int]


def get_db():
    with Session(engine) as session:
        yield session


def by_name(db: Session, name: str) -> Tag | None:
    return db.scalar(select(Tag).where(Tag.name == name))


@app.put("/tags/{name}")
def ensure(name: str, db: Session = Depends(get_db)):
    tag = by_name(db, name)
    made = False
    if tag is None:
        tag = Tag(name=name, uses=0)
        db.add(tag)
        db.flush()
        made = True
    answer = {"id": tag.id, "made": made}
    db.commit()
    return answer


@app.post("/tags/{name}")
def create(name: str, db: Session = Depends(get_db)):
    tag = by_name(db, name)
    if tag:
        return {
            "id": tag.id,
            "made": False,
        }
    tag = Tag(name=name, uses=0)
    db.add(tag)
    db.commit()
    return {"id": tag.id, "made": True}


@app.post("/strict/tags/{name}")
def create_once(name: str, db: Session = Depends(get_db)):
    if by_name(db, name) is not None:
        raise HTTPException(
            409,
            f"there is a tag {name}",
        )
    db.add(Tag(name=name, uses=0))
    db.commit()
    return {"made": True}
