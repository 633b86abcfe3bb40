"""Beanie: a document that is saved whole is refused when it has changed since it was loaded."""
from beanie import Document, PydanticObjectId
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Loan(Document):
    state: str = "open"
    notes: list[str] = []
    reader: str = ""


@app.post("/loans/{loan_id}/extend")
async def extend(loan_id: PydanticObjectId, note: str):
    loan = await Loan.get(loan_id)
    if loan is None:
        raise HTTPException(404)
    loan.notes.append(note)
    loan.state = "extended"
    await loan.save()


@app.post("/loans/{loan_id}/end")
async def end(loan_id: PydanticObjectId):
    loan = await Loan.get(loan_id)
    if loan is None:
        raise HTTPException(404)
    if loan.state in ("ended", "lost"):
        raise HTTPException(409, "ended already")
    loan.state = "ended"
    await loan.save()


@app.post("/loans/{loan_id}/reader")
async def lend(loan_id: PydanticObjectId, reader: str):
    loan = await Loan.get(loan_id)
    if loan is not None:
        loan.reader = reader
        await loan.replace()
