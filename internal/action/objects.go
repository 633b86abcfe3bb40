package action

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// maxObject bounds one object, and what the steps of a delta may make of it.
const maxObject = 64 << 20

var errNoObject = errors.New("not in the checkout")

// object returns the content of an object of the wanted kind, checked against its name.
func (c *checkout) object(sha, kind string) ([]byte, error) {
	if len(sha) != 40 {
		return nil, errors.New("checkouts with SHA-256 names are not read")
	}
	got, data, err := c.loose(sha)
	if errors.Is(err, fs.ErrNotExist) {
		got, data, err = c.packed(sha)
	}
	if err != nil {
		return nil, fmt.Errorf("object %s: %w", short(sha), err)
	}
	sum := sha1.New()
	fmt.Fprintf(sum, "%s %d\x00", got, len(data))
	sum.Write(data)
	if got != kind || hex.EncodeToString(sum.Sum(nil)) != sha {
		return nil, fmt.Errorf("object %s is damaged", short(sha))
	}
	return data, nil
}

func (c *checkout) loose(sha string) (kind string, data []byte, err error) {
	f, err := c.root.Open("objects/" + sha[:2] + "/" + sha[2:])
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	z, err := zlib.NewReader(f)
	if err != nil {
		return "", nil, err
	}
	all, err := io.ReadAll(io.LimitReader(z, maxObject+100))
	if err != nil {
		return "", nil, err
	}
	head, body, ok := bytes.Cut(all, []byte{0})
	kind, size, ok2 := strings.Cut(string(head), " ")
	if n, err := strconv.Atoi(size); !ok || !ok2 || err != nil || n != len(body) {
		return "", nil, errors.New("damaged, or too large")
	}
	return kind, body, nil
}

func (c *checkout) packed(sha string) (kind string, data []byte, err error) {
	if c.packs == nil {
		if err := c.openPacks(); err != nil {
			return "", nil, err
		}
	}
	id, err := hex.DecodeString(sha)
	if err != nil {
		return "", nil, err
	}
	for _, p := range c.packs {
		if offset, ok := p.find(id); ok {
			return p.read(offset)
		}
	}
	return "", nil, errNoObject
}

func (c *checkout) openPacks() error {
	dir, err := c.root.Open("objects/pack")
	if err != nil {
		return errNoObject
	}
	defer dir.Close()
	names, err := dir.Readdirnames(10_000)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for _, name := range names {
		if stem, ok := strings.CutSuffix(name, ".idx"); ok {
			if p, err := openPack(c.root, "objects/pack/"+stem); err == nil {
				c.packs = append(c.packs, p)
			}
		}
	}
	return nil
}

// packFile is a pack with its index of version 2.
type packFile struct {
	idx, data *os.File
	count     int64
	cache     map[int64]cached // bases of deltas
	held      int
}

type cached struct {
	kind string
	data []byte
}

// The index: magic and version, 256 counts, the names, the checksums, the offsets, the large offsets.
const (
	fanout  = 8
	idxBody = fanout + 256*4
)

func openPack(root *os.Root, stem string) (*packFile, error) {
	idx, err := root.Open(stem + ".idx")
	if err != nil {
		return nil, err
	}
	data, err := root.Open(stem + ".pack")
	if err != nil {
		idx.Close()
		return nil, err
	}
	p := &packFile{idx: idx, data: data, cache: map[int64]cached{}}
	head := make([]byte, 8)
	if _, err := idx.ReadAt(head, 0); err != nil || !bytes.Equal(head, []byte("\xfftOc\x00\x00\x00\x02")) {
		p.close()
		return nil, errors.New("not an index of version 2")
	}
	n, err := p.uint32(fanout + 255*4)
	if err != nil {
		p.close()
		return nil, err
	}
	p.count = int64(n)
	return p, nil
}

func (p *packFile) close() { p.idx.Close(); p.data.Close() }

func (p *packFile) uint32(at int64) (uint32, error) {
	var b [4]byte
	_, err := p.idx.ReadAt(b[:], at)
	return binary.BigEndian.Uint32(b[:]), err
}

// find returns the offset of an object in the pack.
func (p *packFile) find(id []byte) (int64, bool) {
	low := int64(0)
	if id[0] > 0 {
		n, err := p.uint32(fanout + int64(id[0]-1)*4)
		if err != nil {
			return 0, false
		}
		low = int64(n)
	}
	n, err := p.uint32(fanout + int64(id[0])*4)
	high := int64(n)
	if err != nil || high > p.count {
		return 0, false
	}
	var name [20]byte
	for low < high {
		mid := (low + high) / 2
		if _, err := p.idx.ReadAt(name[:], idxBody+mid*20); err != nil {
			return 0, false
		}
		switch bytes.Compare(id, name[:]) {
		case 0:
			return p.offset(mid)
		case -1:
			high = mid
		default:
			low = mid + 1
		}
	}
	return 0, false
}

func (p *packFile) offset(i int64) (int64, bool) {
	offsets := idxBody + p.count*24
	n, err := p.uint32(offsets + i*4)
	if err != nil {
		return 0, false
	}
	if n&0x8000_0000 == 0 {
		return int64(n), true
	}
	var b [8]byte
	if _, err := p.idx.ReadAt(b[:], offsets+p.count*4+int64(n&0x7fff_ffff)*8); err != nil {
		return 0, false
	}
	large := binary.BigEndian.Uint64(b[:])
	return int64(large), large < 1<<62
}

// The types of entries of a pack.
var packKinds = map[byte]string{1: "commit", 2: "tree", 3: "blob", 4: "tag"}

const (
	offsetDelta = 6
	nameDelta   = 7
	maxChain    = 4096
)

// read returns the object at an offset: it walks the chain of deltas down to a whole object, then applies them.
func (p *packFile) read(offset int64) (kind string, data []byte, err error) {
	var deltas [][]byte
	var places []int64
	held := 0
	for {
		if len(deltas) > maxChain || held > maxObject { // a delta of a name can lead back to itself
			return "", nil, errors.New("chain of deltas is too long")
		}
		if base, ok := p.cache[offset]; ok {
			kind, data = base.kind, base.data
			break
		}
		typ, body, base, err := p.entry(offset)
		if err != nil {
			return "", nil, err
		}
		if whole, ok := packKinds[typ]; ok {
			kind, data = whole, body
			p.keep(offset, kind, data)
			break
		}
		if base >= offset && typ == offsetDelta || base <= 0 {
			return "", nil, errors.New("delta without a base")
		}
		deltas, places, held = append(deltas, body), append(places, offset), held+len(body)
		offset = base
	}
	for i := len(deltas) - 1; i >= 0; i-- {
		if data, err = applyDelta(data, deltas[i]); err != nil {
			return "", nil, err
		}
		p.keep(places[i], kind, data)
	}
	return kind, data, nil
}

// keep remembers what may be the base of another object; when it is too much, all is forgotten.
func (p *packFile) keep(offset int64, kind string, data []byte) {
	if p.held += len(data); p.held > maxObject {
		p.cache, p.held = map[int64]cached{}, len(data)
	}
	p.cache[offset] = cached{kind, data}
}

// entry reads one entry; for a delta, base is where its base lies.
func (p *packFile) entry(offset int64) (typ byte, body []byte, base int64, err error) {
	r := bufio.NewReader(io.NewSectionReader(p.data, offset, 1<<62-offset))
	c, err := r.ReadByte()
	if err != nil {
		return 0, nil, 0, err
	}
	typ = c >> 4 & 7
	size, shift := uint64(c&15), 4
	for c&0x80 != 0 {
		if c, err = r.ReadByte(); err != nil || shift > 32 {
			return 0, nil, 0, errors.New("damaged entry")
		}
		size |= uint64(c&0x7f) << shift
		shift += 7
	}
	if size > maxObject {
		return 0, nil, 0, errors.New("too large")
	}
	switch typ {
	case offsetDelta:
		back, err := backOffset(r)
		if err != nil {
			return 0, nil, 0, err
		}
		base = offset - back
	case nameDelta:
		var id [20]byte
		if _, err := io.ReadFull(r, id[:]); err != nil {
			return 0, nil, 0, err
		}
		base, _ = p.find(id[:])
	}
	z, err := zlib.NewReader(r)
	if err != nil {
		return 0, nil, 0, err
	}
	body = make([]byte, size)
	_, err = io.ReadFull(z, body)
	return typ, body, base, err
}

// backOffset reads the distance to the base of a delta, in the encoding that has no two forms of one number.
func backOffset(r io.ByteReader) (int64, error) {
	c, err := r.ReadByte()
	n := int64(c & 0x7f)
	for err == nil && c&0x80 != 0 {
		if c, err = r.ReadByte(); n > 1<<48 {
			return 0, errors.New("damaged entry")
		}
		n = (n+1)<<7 | int64(c&0x7f)
	}
	return n, err
}

// applyDelta builds an object from its base: copies of ranges of the base and literal bytes.
func applyDelta(base, delta []byte) ([]byte, error) {
	damaged := errors.New("damaged delta")
	from, n := binary.Uvarint(delta)
	if n <= 0 || from != uint64(len(base)) {
		return nil, damaged
	}
	delta = delta[n:]
	size, n := binary.Uvarint(delta)
	if n <= 0 || size > maxObject {
		return nil, damaged
	}
	delta = delta[n:]
	out := make([]byte, 0, size)
	for len(delta) > 0 {
		op := delta[0]
		delta = delta[1:]
		if op&0x80 == 0 {
			if op == 0 || int(op) > len(delta) {
				return nil, damaged
			}
			out, delta = append(out, delta[:op]...), delta[op:]
			continue
		}
		var at, length int
		for i := range 7 {
			if op&(1<<i) == 0 {
				continue
			}
			if len(delta) == 0 {
				return nil, damaged
			}
			if i < 4 {
				at |= int(delta[0]) << (8 * i)
			} else {
				length |= int(delta[0]) << (8 * (i - 4))
			}
			delta = delta[1:]
		}
		if length == 0 {
			length = 0x10000
		}
		if at+length > len(base) || len(out)+length > int(size) {
			return nil, damaged
		}
		out = append(out, base[at:at+length]...)
	}
	if len(out) != int(size) {
		return nil, damaged
	}
	return out, nil
}
