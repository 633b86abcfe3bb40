from club.models.tables import Member, Locker
