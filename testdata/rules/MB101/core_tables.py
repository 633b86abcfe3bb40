"""SQLAlchemy Core: tables, a connection, and engine.begin()."""
from fastapi import FastAPI, HTTPException
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select, update

engine = create_engine("postgresql+psycopg2://localhost/reader")
metadata = MetaData()
books = Table("books", metadata, Column("id", Integer, primary_key=True), Column("page", Integer, nullable=False))
app = FastAPI()


@app.post("/books/{book_id}/forward")
def forward(book_id: int, pages: int):
    with engine.begin() as conn:
        page = conn.execute(select(books.c.page).where(books.c.id == book_id)).scalar_one_or_none()  # step MB101 read
        if page is None:
            raise HTTPException(404)
        conn.execute(books.update().where(books.c.id == book_id).values(page=page + pages))  # want MB101 "page"


@app.post("/v2/books/{book_id}/forward")
def forward_locked(book_id: int, pages: int):
    with engine.begin() as conn:
        page = conn.execute(select(books.c.page).where(books.c.id == book_id).with_for_update()).scalar_one_or_none()
        if page is None:
            raise HTTPException(404)
        conn.execute(update(books).where(books.c.id == book_id).values(page=page + pages))


@app.post("/v3/books/{book_id}/forward")
def forward_expression(book_id: int, pages: int):
    with engine.begin() as conn:
        conn.execute(update(books).where(books.c.id == book_id).values(page=books.c.page + pages))
