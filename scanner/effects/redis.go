package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Redis, sync and async, and its kin that speak the same commands.

var redis = Library{
	Funcs: []Named{{"redis.from_url", redisClient}, {"redis.create_redis_pool", redisClient}, {"redis.create_redis", redisClient}},
	Classes: []Class{
		{"redis.Redis", "redis"}, {"redis.Pipeline", "redis pipeline"}, {"redis.Script", "redis script"},
		{"redis.Lock", "redis lock"},
	},
	Methods: []Family{
		{"redis", redisCommands},
		{"redis pipeline", pipelineCommands()},
		{"redis script", []Named{{"__call__", runScript}}},
		{"redis lock", redisLockMethods},
	},
	Enter: []Enter{{"redis", enterSession}, {"redis pipeline", enterSession}, {"redis lock", enterRedisLock}},
	Exit: []Exit{
		{"redis", func(*World, *Value, bool) {}}, {"redis pipeline", func(*World, *Value, bool) {}}, {"redis lock", exitRedisLock},
	},
	Shape: redisShape,
}

// canonicalRedis maps the names under which these packages offer clients, pipelines, locks and scripts to one each.
func canonicalRedis(qual string) string {
	last := Last(qual)
	switch last {
	case "StrictRedis", "RedisCluster", "FakeRedis", "FakeStrictRedis", "FakeAsyncRedis", "Valkey", "StrictValkey", "ValkeyCluster", "FakeValkey":
		last = "Redis"
	case "from_url":
		if strings.HasSuffix(qual, "Pool.from_url") {
			return "redis.ConnectionPool.from_url"
		}
	case "AsyncScript":
		last = "Script"
	case "ClusterPipeline":
		last = "Pipeline"
	}
	return "redis." + last
}

var redisCommands = []Named{
	{"get", kvGet}, {"exists", kvRead}, {"getex", kvGet}, {"strlen", kvRead}, {"ttl", kvRest}, {"pttl", kvRest}, {"mget", kvReadMany}, {"getrange", kvGet},
	{"set", kvSet}, {"setex", kvSetex}, {"psetex", kvStoreAt(2)}, {"mset", kvStoreMany}, {"setnx", kvClaim}, {"getset", kvStep}, {"getdel", kvTake}, {"append", kvStep},
	{"incr", kvStep}, {"incrby", kvStep}, {"decr", kvStep}, {"decrby", kvStep}, {"incrbyfloat", kvStep},
	{"delete", kvDelete}, {"unlink", kvDelete}, {"expire", kvExpire}, {"pexpire", kvExpire}, {"expireat", kvExpire}, {"persist", kvExpire},
	{"hget", hashRead}, {"hmget", hashRead}, {"hgetall", kvRead}, {"hexists", hashRead}, {"hlen", kvRead}, {"hkeys", kvRead}, {"hvals", kvRead},
	{"hset", hashWrite}, {"hmset", hashWrite}, {"hsetnx", hashClaim}, {"hincrby", hashStep}, {"hincrbyfloat", hashStep}, {"hdel", hashDelete},
	{"sismember", memberRead}, {"zscore", memberRead}, {"zrank", memberRead}, {"lpos", memberRead},
	{"scard", membersRead}, {"smembers", membersRead}, {"zcard", membersRead}, {"zcount", membersRead}, {"zrange", membersRead}, {"zrangebyscore", membersRead}, {"llen", membersRead}, {"lrange", membersRead}, {"lindex", listItem}, {"zrevrange", membersRead},
	{"sadd", memberAdd}, {"zadd", memberAdd}, {"lpush", queueAdd}, {"rpush", queueAdd}, {"xadd", publishes},
	{"srem", memberRemove}, {"zrem", memberRemove}, {"lrem", listRemove}, {"spop", memberTake}, {"lpop", memberTake}, {"rpop", memberTake}, {"zpopmin", memberTake}, {"zpopmax", memberTake}, {"blpop", memberTake}, {"brpop", memberTake}, {"bzpopmin", memberTake}, {"lmove", memberTake}, {"rpoplpush", memberTake}, {"blmove", memberTake}, {"zincrby", memberStep},
	{"zremrangebyscore", func(c *Call) *Value { return Opaque("removed", nil) }},
	{"eval", runLua(2)}, {"evalsha", runLua(2)}, {"fcall", runLua(2)}, {"register_script", newScript},
	{"lock", redisLock}, {"pipeline", redisPipeline}, {"multi_exec", redisPipeline}, {"transaction", redisTransaction},
	{"publish", func(c *Call) *Value { return sends("message")(c) }},
	{"ping", func(*Call) *Value { return Bool(true) }}, {"close", func(*Call) *Value { return None }}, {"aclose", func(*Call) *Value { return None }},
	{"__getitem__", kvGet}, {"__setitem__", kvStoreAt(1)}, {"__delitem__", kvDelete}, {"__contains__", kvRead},
}

func redisClient(c *Call) *Value {
	o := c.NewObject()
	o.Qual = "redis.Redis"
	return &Value{Kind: ExtObject, Obj: o, Sym: "redis"}
}

// RedisKeys is the key RedisKeys of a client: several databases are taken for one.
const RedisKeys = "redis"

func kvKey(c *Call) string {
	if len(c.Args) == 0 {
		return keyText(c.Arg(-1, "name"))
	}
	return keyText(c.Args[0])
}

// kvOp emits a command on the key that the first argument names.
func kvOp(c *Call, k interleave.Kind, flags interleave.Flags, set ...interleave.Assignment) int {
	return c.queued(keyOp(c, RedisKeys, kvKey(c), k, flags, set...))
}

func kvRead(c *Call) *Value {
	return result(RedisKeys+"["+kvKey(c)+"]", kvOp(c, interleave.Read, 0))
}

// AskedRest is the manner of a look at how long a key still lives: it shows nothing of the value that lies there.
const AskedRest = "asked how long it lives"

func kvRest(c *Call) *Value {
	v := kvRead(c)
	if v.Src > 0 {
		c.Ops[v.Src-1].Own().Manner = AskedRest
	}
	return v
}

// kvGet reads the value; whether there is one is told by the same read.
func kvGet(c *Call) *Value {
	v := kvRead(c)
	v.SrcCol = ValueColumn
	return v
}

// ValueColumn is the column that stands for what lies under a key as a whole.
const ValueColumn = "value"

func kvReadMany(c *Call) *Value {
	out := &Value{Kind: Sequence}
	for _, a := range c.Args {
		for _, it := range flatten(a) {
			d := *c
			d.Args = []*Value{it}
			out.Items = append(out.Items, kvGet(&d))
		}
	}
	return out
}

// stored is the assignment that puts a value under a key.
func stored(v *Value) interleave.Assignment {
	return interleave.Assignment{Column: ValueColumn, Value: valueSym(v)}
}

func kvSet(c *Call) *Value {
	switch {
	case c.True("nx") || c.Keyword("exist").Is("'SET_IF_NOT_EXIST'"):
		v := kvClaim(c)
		if i := v.Src - 1; i >= 0 && (given(c, "ex") || given(c, "px") || given(c, "exat") || given(c, "pxat") || given(c, "expire")) {
			c.Ops[i].Lasting = false
		}
		return v
	case c.True("get"):
		return kvStep(c)
	}
	return kept(c, kvStoreAt(1)(c), "ex", "ttl", "expire")
}

// kept notes how many seconds a command keeps what it stored.
func kept(c *Call, v *Value, names ...string) *Value {
	for _, name := range names {
		if seconds, ok := Seconds(c.Keyword(name)); ok && len(c.Ops) > 0 && c.Muted == 0 {
			c.Ops[len(c.Ops)-1].Own().Seconds = seconds
		}
	}
	return v
}

func kvSetex(c *Call) *Value {
	v := kvStoreAt(2)(c)
	if seconds, ok := Seconds(c.Arg(1, "time")); ok && len(c.Ops) > 0 && c.Muted == 0 {
		c.Ops[len(c.Ops)-1].Own().Seconds = seconds
	}
	return v
}

func given(c *Call, name string) bool { v := c.Keyword(name); return v != nil && !v.IsNone() }

// Is tells whether v is the constant of that spelling.
func (v *Value) Is(spelling string) bool { return v != nil && v.Kind == Const && v.Sym == spelling }

// kvStoreAt stores the argument of an index under the key, whatever was there.
func kvStoreAt(at int) Model {
	return func(c *Call) *Value {
		v := c.Arg(at, "value")
		i := kvOp(c, interleave.Update, 0, stored(v))
		if i >= 0 {
			c.Ops[i].Value = v
		}
		return result("stored", -1)
	}
}

func kvStoreMany(c *Call) *Value {
	for _, a := range c.Args {
		for _, p := range a.Pairs {
			d := *c
			d.Args = []*Value{p.Key, p.Value}
			if p.Key != nil {
				kvStoreAt(1)(&d)
			}
		}
	}
	return Bool(true)
}

// kvTake takes away what lies under a key and returns it, in one step: only one can have it.
func kvTake(c *Call) *Value {
	return result("taken", kvOp(c, interleave.Delete, interleave.Atomic))
}

func kvDelete(c *Call) *Value {
	var out *Value
	for _, a := range c.Args {
		d := *c
		d.Args = []*Value{a}
		v := result("deleted", kvOp(&d, interleave.Delete, 0))
		if out == nil {
			out = v
		}
	}
	return out
}

// kvExpire gives a key a time to live, or takes it: no check of ours looks at that, but a lock without one may stay for ever.
func kvExpire(c *Call) *Value {
	key := kvKey(c)
	for i := len(c.Ops) - 1; i >= 0; i-- {
		if op := &c.Ops[i]; op.Lasting && op.Res.Key == key && op.Res.Store == interleave.KeyValue {
			op.Lasting, op.Expires = false, ExpiresLater
			break
		}
	}
	return Opaque("expires", nil)
}

// kvStep changes the latest value and returns what it gave, in one step.
func kvStep(c *Call) *Value {
	return result("redis step", kvOp(c, interleave.Update, interleave.Atomic))
}

// kvClaim creates the key unless it is there, and tells which.
func kvClaim(c *Call) *Value {
	i := kvOp(c, interleave.Insert, interleave.OnConflictIgnore, stored(c.Arg(1, "value")))
	if i >= 0 {
		c.Ops[i].Lasting = true
	}
	return result("claimed", i)
}

// fieldText names the field of a hash, "*" when it is not known.
func fieldText(v *Value) string {
	if s := KeyName(keyText(v)); s != "" {
		return s
	}
	return "*"
}

func hashRead(c *Call) *Value {
	field := fieldText(c.Arg(1, "key"))
	i := kvOp(c, interleave.Read, 0)
	v := result(RedisKeys+"["+kvKey(c)+"]["+field+"]", i)
	if i >= 0 {
		c.Ops[i].Res.Columns = []string{field}
	}
	v.SrcCol = field
	if c.Name == "hexists" {
		v.SrcCol = ""
	}
	return v
}

func hashWrite(c *Call) *Value {
	var set []interleave.Assignment
	if f := c.Arg(1, "key"); f != nil && f.Kind != Mapping {
		set = append(set, interleave.Assignment{Column: fieldText(f), Value: valueSym(c.Arg(2, "value"))})
	}
	m := c.Keyword("mapping")
	if f := c.Arg(1, ""); f != nil && f.Kind == Mapping {
		m = f
	}
	if m != nil {
		for _, p := range m.Pairs {
			if p.Key == nil {
				set = append(set, interleave.Assignment{Column: "*"})
				continue
			}
			set = append(set, interleave.Assignment{Column: fieldText(p.Key), Value: valueSym(p.Value)})
		}
		if len(m.Pairs) == 0 {
			set = append(set, interleave.Assignment{Column: "*", Value: valueSym(m)})
		}
	}
	kvOp(c, interleave.Update, 0, set...)
	return Opaque("stored", nil)
}

func hashStep(c *Call) *Value {
	return result("redis step", kvOp(c, interleave.Update, interleave.Atomic, interleave.Assignment{Column: fieldText(c.Arg(1, "key")), Relative: true}))
}

// hashClaim creates the field unless it is there: each field is a key of its own for that.
func hashClaim(c *Call) *Value {
	return result("claimed", c.queued(keyOp(c, RedisKeys, "f'"+KeyName(kvKey(c))+"/"+fieldText(c.Arg(1, "key"))+"'", interleave.Insert, interleave.OnConflictIgnore)))
}

func hashDelete(c *Call) *Value {
	v := result("deleted", kvOp(c, interleave.Update, interleave.Atomic, interleave.Assignment{Column: fieldText(c.Arg(1, "key")), Relative: true}))
	if v.Src > 0 {
		c.Ops[v.Src-1].Drops = true
	}
	return v
}

// members is the RedisKeys of the members of a set, sorted set or list.
func members(c *Call) string { return RedisKeys + " " + KeyName(kvKey(c)) }

func member(c *Call) string {
	v := c.Arg(1, "")
	if v != nil && v.Kind == Mapping && len(v.Pairs) == 1 && v.Pairs[0].Key != nil {
		v = v.Pairs[0].Key // zadd(key, {member: score})
	}
	if s := keyText(v); s != "" {
		return s
	}
	return c.Fresh("member")
}

func memberRead(c *Call) *Value {
	return result(members(c)+"["+member(c)+"]", c.queued(keyOp(c, members(c), member(c), interleave.Read, 0)))
}

func membersRead(c *Call) *Value {
	op := Op{Guess: c.Recv != nil && c.Recv.Guess}
	op.Kind = interleave.Read
	op.Res = interleave.Resource{Store: interleave.KeyValue, Name: members(c), Aggregate: interleave.Count}
	op.From = c.Deps().Ints()
	return result("count("+members(c)+")", c.queued(c.Emit(op)))
}

func memberAdd(c *Call) *Value {
	if c.Name == "zadd" && len(c.Kw) == 0 {
		if m := c.Arg(1, "mapping"); m != nil && len(m.Pairs) == 1 && c.reckonedFrom(members(c), member(c), m.Pairs[0].Value) {
			op := interleave.Assignment{Column: ValueColumn, Value: valueSym(m.Pairs[0].Value)}
			return result("stored", c.queued(keyOp(c, members(c), member(c), interleave.Update, 0, op)))
		}
	}
	return result("claimed", c.queued(keyOp(c, members(c), member(c), interleave.Insert, interleave.OnConflictIgnore)))
}

// queueAdd puts a message at an end of a list, which is how lists serve as queues.
func queueAdd(c *Call) *Value {
	at := len(c.Ops)
	v := memberAdd(c)
	if at < len(c.Ops) {
		rare := c.Ops[at].Own()
		rare.Told, rare.Manner = told(c), ToBroker
	}
	return v
}

// reckonedFrom tells whether a value is made of what was read under a key: it takes the place of that, and claims nothing.
func (w *World) reckonedFrom(name, key string, v *Value) bool {
	return slices.ContainsFunc(v.AllDeps().Ints(), func(d int) bool {
		op := &w.Ops[d]
		return op.Kind == interleave.Read && op.Res.Store == interleave.KeyValue && op.Res.Name == name && op.Res.Key == key
	})
}

func memberTake(c *Call) *Value {
	return result("redis step", c.queued(keyOp(c, members(c), member(c), interleave.Delete, interleave.Atomic)))
}

// listItem is what stands at a place of a list, and still stands there when it was read.
func listItem(c *Call) *Value {
	op := Op{Guess: c.Recv != nil && c.Recv.Guess}
	op.Kind = interleave.Read
	op.Res = interleave.Resource{Store: interleave.KeyValue, Name: members(c), Key: members(c) + "[" + valueSym(c.Arg(1, "index")) + "]"}
	op.From = c.Deps().Ints()
	return result(op.Res.Key, c.queued(c.Emit(op)))
}

// memberRemove takes a member that is named out of a set, if it is there.
func memberRemove(c *Call) *Value {
	return result("removed", c.queued(keyOp(c, members(c), member(c), interleave.Delete, 0)))
}

// listRemove takes an item that is named by its value out of a list: LREM key count value.
func listRemove(c *Call) *Value {
	return result("removed", c.queued(keyOp(c, members(c), valueSym(c.Arg(2, "value")), interleave.Delete, 0)))
}

func memberStep(c *Call) *Value {
	return result("redis step", c.queued(keyOp(c, members(c), member(c), interleave.Update, interleave.Atomic)))
}

// onlyRedis are commands whose names say what they are on a receiver of which nothing is known.
var onlyRedis = map[string]bool{
	"setnx": true, "setex": true, "hget": true, "hset": true, "hsetnx": true, "hgetall": true, "hincrby": true, "incrby": true, "decrby": true, "getdel": true,
	"sismember": true, "sadd": true, "srem": true, "scard": true, "smembers": true, "zadd": true, "zcard": true, "zcount": true, "zscore": true, "zrangebyscore": true, "zremrangebyscore": true, "hdel": true, "hexists": true, "zincrby": true, "llen": true, "lpush": true, "rpush": true, "evalsha": true, "register_script": true,
}

// alsoRedis are commands that other objects have as methods too: only a receiver called redis is one.
var alsoRedis = map[string]bool{
	"get": true, "set": true, "exists": true, "incr": true, "decr": true, "delete": true, "expire": true, "getset": true, "lock": true, "pipeline": true, "eval": true, "mget": true, "mset": true, "ttl": true, "lpop": true, "rpop": true, "lrange": true, "unlink": true, "transaction": true,
}

// redisShape recognises commands by their names, on a receiver whose type is not known.
func redisShape(c *Call) *Value {
	if c.Recv == nil || c.Recv.Kind != Unknown && c.Recv.Kind != BoundExt || c.Recv.Src != 0 {
		return nil
	}
	only := onlyRedis[c.Name] && len(c.Args) > 0
	if !only && !alsoRedis[c.Name] && c.Name != "set" {
		return nil
	}
	name := strings.ToLower(Last(c.Recv.Sym))
	named := strings.Contains(name, "redis") || strings.Contains(name, "valkey")
	if !only && !(named && alsoRedis[c.Name]) && !(c.Name == "set" && (c.Keyword("nx") != nil || c.Keyword("px") != nil)) {
		return nil
	}
	d := *c
	o := c.NewObject()
	o.Qual = "redis.Redis"
	d.Recv = &Value{Kind: ExtObject, Obj: o, Sym: c.Recv.Sym, Deps: c.Recv.Deps, Guess: !named}
	return c.MethodOf("redis", c.Name)(&d)
}
