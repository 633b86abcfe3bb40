"""What a document held goes into a list of it beside what stands there: that takes nothing from who changes another field."""
from fastapi import FastAPI, HTTPException
from pymongo import MongoClient

app = FastAPI()
books = MongoClient("mongodb://localhost")["shelf"]["books"]
maps = MongoClient("mongodb://localhost")["shelf"]["maps"]


def entry(title: str, before: str) -> dict:
    return {"what": title, "before": before}


@app.put("/books/{number}")
def rename_ok(number: str, title: str):
    book = books.find_one({"_id": number})
    if not book:
        raise HTTPException(404)
    note = entry(title, book["title"])
    change = {"$set": {"title": title}}
    if note:
        change["$push"] = {"history": note}
    books.update_one({"_id": number}, change)


@app.delete("/books/{number}")
def hide_ok(number: str):
    if not books.find_one({"_id": number}):
        raise HTTPException(404)
    books.update_one({"_id": number}, {"$set": {"hidden": True}})


@app.put("/maps/{number}")
def append(number: str, word: str):
    sheet = maps.find_one({"_id": number})
    if not sheet:
        raise HTTPException(404)
    maps.update_one({"_id": number}, {"$set": {"words": sheet["words"] + " " + word}, "$push": {"history": {"was": sheet["words"]}}})  # want MB805 "maps"
