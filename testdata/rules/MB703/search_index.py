"""A document of a search engine is fetched, changed and indexed again: only its sequence number tells that nobody did so in between."""
from elasticsearch import AsyncElasticsearch, ConflictError
from fastapi import FastAPI, HTTPException

es = AsyncElasticsearch("http://localhost:9200")
app = FastAPI()


@app.post("/specimens/{specimen}/names")
async def name(specimen: str, taxon: str):
    found = await es.get(index="specimens", id=specimen)
    document = found["_source"]
    document["names"].append(taxon)
    document["taxon"] = taxon
    await es.index(index="specimens", id=specimen, document=document)  # want MB703 "specimen"


@app.post("/sheets/{sheet}/names")
async def name_ok(sheet: str, taxon: str):
    found = await es.get(index="sheets", id=sheet)
    document = found["_source"]
    document["names"].append(taxon)
    try:
        await es.index(index="sheets", id=sheet, document=document, if_seq_no=found["_seq_no"], if_primary_term=found["_primary_term"])
    except ConflictError:
        raise HTTPException(409) from None


@app.put("/labels/{label}")
async def whole_ok(label: str, text: str):
    await es.index(index="labels", id=label, document={"text": text})
