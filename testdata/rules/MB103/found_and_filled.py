"""A dict that was found asks for the row that it was made of, and not for the rows that were put into it."""
import sqlite3

from fastapi import FastAPI, HTTPException

app = FastAPI()
db = sqlite3.connect("shelf.db", check_same_thread=False)


def find_shelf(shelf_id: int):
    row = db.execute("SELECT * FROM shelves WHERE id = ?", (shelf_id,)).fetchone()
    if not row:
        return None
    shelf = dict(row)
    books = db.execute("SELECT book_id FROM placements WHERE shelf_id = ?", (shelf_id,)).fetchall()
    shelf["books"] = [b["book_id"] for b in books]
    return shelf


@app.post("/shelves/{shelf_id}/books/{book_id}")
def place(shelf_id: int, book_id: int):
    shelf = find_shelf(shelf_id)
    if not shelf:
        raise HTTPException(404)
    db.execute("INSERT INTO placements (shelf_id, book_id) VALUES (?, ?)", (shelf_id, book_id))
    db.commit()


@app.post("/shelves/{shelf_id}/only/{book_id}")
def place_only(shelf_id: int, book_id: int):
    books = db.execute("SELECT book_id FROM placements WHERE shelf_id = ?", (shelf_id,)).fetchone()
    if books:  # want MB103 "both insert"
        raise HTTPException(409)
    db.execute("INSERT INTO placements (shelf_id, book_id) VALUES (?, ?)", (shelf_id, book_id))
    db.commit()
