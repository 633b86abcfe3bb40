"""Inserts and counts: rows C1 to C9."""

from fastapi import APIRouter, HTTPException
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from store import DB, Label, Owner, Pet

router = APIRouter(prefix="/owners/{owner_id}")
LIMIT = 1


def refuse() -> HTTPException:
    return HTTPException(409, "no more")


# truth C1: race race race / race error race sound
@router.post("/c1")
def adopt_once(owner_id: int, db: DB):
    if db.scalars(select(Pet).where(Pet.owner_id == owner_id, Pet.name == "Rex")).first() is not None:
        raise refuse()
    db.add(Pet(owner_id=owner_id, name="Rex"))  # act
    db.commit()
    return {"ok": True}


# truth C2: error error error / error error error sound
@router.post("/c2")
def label_once(owner_id: int, db: DB):
    if db.scalars(select(Label).where(Label.owner_id == owner_id, Label.name == "blue")).first() is not None:
        raise refuse()
    db.add(Label(owner_id=owner_id, name="blue"))  # act
    db.commit()
    return {"ok": True}


# truth C3: race error race / race error race sound
@router.post("/c3")
def adopt_locked(owner_id: int, db: DB):
    same = select(Pet).where(Pet.owner_id == owner_id, Pet.name == "Rex").with_for_update()
    if db.scalars(same).first() is not None:
        raise refuse()
    db.add(Pet(owner_id=owner_id, name="Rex"))  # act
    db.commit()
    return {"ok": True}


# truth C4: sound sound race / race error sound sound
@router.post("/c4")
def adopt_parent_locked(owner_id: int, db: DB):
    db.execute(select(Owner.id).where(Owner.id == owner_id).with_for_update())
    if db.scalar(select(func.count()).where(Pet.owner_id == owner_id)) >= LIMIT:
        raise refuse()
    db.add(Pet(owner_id=owner_id, name="Rex"))  # act
    db.commit()
    return {"ok": True}


# truth C4b: race sound race / race error sound sound
@router.post("/c4b")
def adopt_locked_and_counted(owner_id: int, db: DB):
    many = select(func.count()).where(Pet.owner_id == Owner.id).scalar_subquery()
    row = db.execute(select(Owner.id, many.label("many")).where(Owner.id == owner_id).with_for_update()).one()
    if row.many >= LIMIT:
        raise refuse()
    db.add(Pet(owner_id=owner_id, name="Rex"))  # act
    db.commit()
    return {"ok": True}


# truth C5: sound race race / race error sound sound
@router.post("/c5")
def adopt_parent_locked_late(owner_id: int, db: DB):
    if db.scalar(select(Owner.pets).where(Owner.id == owner_id)) is None:
        raise HTTPException(404)
    db.execute(select(Owner.id).where(Owner.id == owner_id).with_for_update())
    if db.scalar(select(func.count()).where(Pet.owner_id == owner_id)) >= LIMIT:
        raise refuse()
    db.add(Pet(owner_id=owner_id, name="Rex"))  # act
    db.commit()
    return {"ok": True}


# truth C6: race error race / race error race sound
@router.post("/c6")
def adopt_children_locked(owner_id: int, db: DB):
    pets = db.scalars(select(Pet).where(Pet.owner_id == owner_id).with_for_update()).all()
    if len(pets) >= LIMIT:
        raise refuse()
    db.add(Pet(owner_id=owner_id, name="Rex"))  # act
    db.commit()
    return {"ok": True}


# truth C7: race sound sound / race error race sound held=here
@router.post("/c7")
def adopt_if_missing(owner_id: int, db: DB):
    inserted = db.execute(
        text(
            "INSERT INTO pets (owner_id, name) SELECT :owner, 'Rex' FROM owners WHERE id = :owner"
            " AND NOT EXISTS (SELECT 1 FROM pets WHERE owner_id = :owner AND name = 'Rex')"
        ),
        {"owner": owner_id},
    )
    if inserted.rowcount == 0:
        raise refuse()
    db.commit()  # act
    return {"ok": True}


# truth C8: sound - sound / error error - sound gap=postgresql-repeatable,postgresql-serializable
@router.post("/c8")
def label_first(owner_id: int, db: DB):
    statement = text("INSERT INTO labels (owner_id, name) VALUES (:owner, 'blue') ON CONFLICT DO NOTHING")
    if db.execute(statement, {"owner": owner_id}).rowcount == 0:  # act
        raise refuse()
    db.commit()
    return {"ok": True}


# truth C8m: - sound - / - - sound -
@router.post("/c8m")
def label_ignoring(owner_id: int, db: DB):
    statement = text("INSERT IGNORE INTO labels (owner_id, name) VALUES (:owner, 'blue')")
    if db.execute(statement, {"owner": owner_id}).rowcount == 0:  # act
        raise refuse()
    db.commit()
    return {"ok": True}


# truth C9: sound sound sound / sound error sound sound gap=postgresql-serializable
@router.post("/c9")
def label_in_savepoint(owner_id: int, db: DB):
    if db.scalars(select(Label).where(Label.owner_id == owner_id, Label.name == "blue")).first() is not None:
        raise refuse()
    try:
        with db.begin_nested():
            db.add(Label(owner_id=owner_id, name="blue"))  # act
    except IntegrityError:
        raise refuse() from None
    db.commit()
    return {"ok": True}
