from sqlalchemy import update

from club import models


def grant(db, member_id: int, points: int):
    member = db.get(models.Member, member_id)
    member.points += points  # want MB101 "members.points"
    db.commit()


def take_points(db, member_id: int, points: int):
    done = db.execute(
        update(models.Member)
        .where(models.Member.id == member_id, models.Member.points >= points)
        .values(points=models.Member.points - points)
    )
    db.commit()
    return done.rowcount > 0
