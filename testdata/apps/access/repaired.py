"""Asks in dependencies and handlers, which run when the body is complete."""

from common import Article, Session, Text, Title, User, current_user, get_db, owned, shared
from fastapi import APIRouter, Depends, FastAPI, HTTPException

router = APIRouter()


@router.put("/documents/{document_id}")
def write_document(document_id: int, data: Text, user: User = Depends(current_user), db: Session = Depends(get_db)):
    owned(db, user, document_id).text = data.text
    db.commit()
    return {"ok": True}


@router.post("/articles", status_code=201)
def create_article(data: Title, user: User = Depends(current_user), db: Session = Depends(get_db)):
    if user.role != "editor":
        raise HTTPException(403, "editors only")
    a = Article(title=data.title)
    db.add(a)
    db.commit()
    return {"id": a.id, "title": a.title}


app = FastAPI(title="Access")
app.include_router(shared)
app.include_router(router)
