"""Jobs and messages sent before the commit, after it, and through an outbox."""
from typing import Annotated

from celery import Celery, shared_task
from fastapi import Depends, FastAPI, HTTPException
from rq import Queue
from redis import Redis
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/press"))
app = FastAPI()
celery = Celery(broker="redis://localhost")
queue = Queue(connection=Redis())


class Base(DeclarativeBase):
    pass


class Article(Base):
    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")


class Outbox(Base):
    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int]


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@celery.task
def index(article_id: int) -> None:
    with SessionLocal() as db:
        article = db.get(Article, article_id)
        if article is not None:
            print(len(article.text))


@shared_task(bind=True)
def announce(self, article_id: int) -> None:
    with SessionLocal() as db:
        state = db.scalar(select(Article.state).where(Article.id == article_id))
        if state == "live":
            print("announced", article_id)


def count_words(article_id: int) -> None:
    with SessionLocal() as db:
        print(db.scalar(select(Article.text).where(Article.id == article_id)))


@celery.task
def ring(article_id: int) -> None:
    print("ring", article_id)


class Desk:
    def __init__(self, db: DB) -> None:
        self.db = db

    def add(self, text: str) -> int:
        article = Article(text=text)
        self.db.add(article)
        self.db.flush()
        index.delay(article.id)  # want MB503 "articles"
        self.db.commit()
        return article.id

    def add_right(self, text: str) -> int:
        article = Article(text=text)
        self.db.add(article)
        self.db.commit()
        index.delay(article.id)
        return article.id


@app.post("/articles")
def add(text: str, desk: Annotated[Desk, Depends()]):
    return desk.add(text)


@app.post("/v2/articles")
def add_right(text: str, desk: Annotated[Desk, Depends()]):
    return desk.add_right(text)


@app.post("/articles/{article_id}/publish")
def publish(article_id: int, db: DB):
    article = db.get(Article, article_id)
    if article is None:
        raise HTTPException(404)
    article.state = "live"
    announce.apply_async(args=[article_id])  # want MB503 "articles"
    db.commit()


@app.post("/articles/counted")
def add_counted(text: str, db: DB):
    article = Article(text=text)
    db.add(article)
    db.flush()
    queue.enqueue(count_words, article.id)  # want MB503 "articles"
    db.commit()


# Sound: the job does not look for the row; the key goes into an outbox; the block commits first.


@app.post("/articles/rung")
def add_rung(text: str, db: DB):
    article = Article(text=text)
    db.add(article)
    db.flush()
    ring.delay(article.id)
    db.commit()


@app.post("/articles/boxed")
def add_boxed(text: str, db: DB):
    article = Article(text=text)
    db.add(article)
    db.flush()
    db.add(Outbox(article_id=article.id))
    db.commit()


@app.post("/articles/block")
def add_in_block(text: str):
    with SessionLocal.begin() as db:
        article = Article(text=text)
        db.add(article)
        db.flush()
        article_id = article.id
    index.delay(article_id)


@app.post("/articles/{article_id}/index")
def index_again(article_id: int, db: DB):
    if db.get(Article, article_id) is None:
        raise HTTPException(404)
    index.delay(article_id)
