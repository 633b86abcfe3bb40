with (a as b, c as (d, e),): pass

with (a, b): pass

with (a, b) as c: pass

with (a): pass

with (yield): pass

with (a).b as c: pass

with (a if b else c) as d, e: pass

with a as b.c, d as e[0]: pass

try: pass
except* A as e: pass
except* (B, C): pass

try: pass
except A: pass
except: pass
else: pass
finally: pass

if a: pass
elif b: pass
elif c: pass
else: pass

for a, in b: pass

while a: break
else: continue

import a.b.c as d, e

from ...a.b import c as d, e

from . import *

from .... import (a, b as c,)
