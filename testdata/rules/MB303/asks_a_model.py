"""A language model is asked for what is then signed: who signs may have been suspended since he came in."""
from typing import Annotated

import openai
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/opinions"))
llm = openai.OpenAI()
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Expert(Base):
    __tablename__ = "experts"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    suspended: Mapped[bool] = mapped_column(default=False)


class Opinion(Base):
    __tablename__ = "opinions"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    expert_id: Mapped[int]


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


def current_expert(db: DB, x_key: Annotated[str, Header()]) -> Expert:
    expert = db.scalar(select(Expert).where(Expert.key == x_key))
    if expert is None or expert.suspended:  # want MB303 "experts"
        raise HTTPException(403)
    return expert


Current = Annotated[Expert, Depends(current_expert)]


@app.post("/opinions")
def give(question: str, db: DB, expert: Current):
    answer = llm.responses.create(model="m", input=question)
    db.add(Opinion(text=answer.output_text, expert_id=expert.id))
    db.commit()


@app.post("/v2/opinions")
def give_if_still_one(question: str, db: DB, expert: Current):
    answer = llm.chat.completions.create(model="m", messages=[{"role": "user", "content": question}])
    db.refresh(expert, with_for_update=True)
    if expert.suspended:
        raise HTTPException(403)
    db.add(Opinion(text=answer.choices[0].message.content, expert_id=expert.id))
    db.commit()


@app.post("/experts/{expert_id}/suspension")
def suspend(expert_id: int, db: DB):
    expert = db.get(Expert, expert_id, with_for_update=True)
    if expert is None:
        raise HTTPException(404)
    expert.suspended = True
    db.commit()
