from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/notes"))


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    likes: Mapped[int]


class NoteOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    title: str
    body: str
    likes: int


class NoteIn(BaseModel):
    title: str
    body: str


def db():
    with Maker() as session:
        yield session


class Notes:
    def __init__(self, session: Session):
        self.session = session

    def row(self, id: int) -> Note | None:
        return self.session.scalars(select(Note).where(Note.id == id)).one_or_none()

    def get(self, id: int) -> NoteOut | None:
        row = self.row(id)
        return NoteOut.model_validate(row) if row else None

    def put(self, id: int, data: dict) -> None:
        row = self.row(id)
        for key, value in data.items():
            setattr(row, key, value)
        self.session.commit()


app = FastAPI()


# A copy is made to see that the note is there, and the client's values are stored whatever it held.
@app.put("/notes/{id}")
def put(id: int, body: NoteIn, session: Session = Depends(db)):
    notes = Notes(session)
    if not notes.get(id):
        raise HTTPException(404)
    notes.put(id, body.model_dump())


# Here the copy is changed and stored as a whole: what others stored in the meantime is gone.
@app.post("/notes/{id}/like")
def like(id: int, session: Session = Depends(db)):
    notes = Notes(session)
    note = notes.get(id)
    if note is None:
        raise HTTPException(404)
    notes.row(id).likes = note.likes + 1  # want MB101 "likes"
    session.commit()
