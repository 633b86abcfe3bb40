"""Asks in a middleware, which has run before the body of the request is complete."""

from common import Article, Document, Session, Text, Title, engine, get_db, owned, shared, who
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

router = APIRouter()


@router.put("/documents/{document_id}")
def write_document(document_id: int, data: Text, request: Request, db: Session = Depends(get_db)):
    db.merge(Document(id=document_id, owner_id=request.state.user_id, text=data.text))
    db.commit()
    return {"ok": True}


@router.post("/articles", status_code=201)
def create_article(data: Title, db: Session = Depends(get_db)):
    a = Article(title=data.title)
    db.add(a)
    db.commit()
    return {"id": a.id, "title": a.title}


app = FastAPI(title="Access")
app.include_router(shared)
app.include_router(router)


@app.middleware("http")
async def allowed(request: Request, call_next):
    parts = request.url.path.strip("/").split("/")
    try:
        with Session(engine) as db:
            if request.method == "PUT" and parts[0] == "documents":
                user = who(request, db)
                owned(db, user, int(parts[1]))
                request.state.user_id = user.id
            if request.method == "POST" and parts == ["articles"]:
                if who(request, db).role != "editor":
                    raise HTTPException(403, "editors only")
    except HTTPException as refused:
        return JSONResponse({"detail": refused.detail}, refused.status_code)
    return await call_next(request)
