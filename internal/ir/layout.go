package ir

// width is where lines end if they can. What follows a group of text may stand a few
// characters beyond, as in JAX.
const width = 80

// A doc is text that may be laid out in one line or in several (P. Wadler, A
// prettier printer; the variant is JAX's, in which a group is broken if it alone
// does not fit, whatever follows it).
type doc struct {
	kind docKind
	text string // of plain text, and of a break that is not a new line
	kids []doc
	flat int // the width in one line
}

type docKind uint8

const (
	plain docKind = iota
	brk           // a new line in a broken group
	concat
	nested // new lines inside are indented by two more
	group  // all its breaks are new lines, or none is
)

func text(s string) doc  { return doc{kind: plain, text: s, flat: len(s)} }
func space(s string) doc { return doc{kind: brk, text: s, flat: len(s)} }

func node(kind docKind, kids ...doc) doc {
	d := doc{kind: kind, kids: kids}
	for _, k := range kids {
		d.flat += k.flat
	}
	return d
}

// join puts a separator between documents.
func join(sep doc, docs []doc) doc {
	var kids []doc
	for i, d := range docs {
		if i > 0 {
			kids = append(kids, sep)
		}
		kids = append(kids, d)
	}
	return node(concat, kids...)
}

// A layout is text being laid out.
type layout struct {
	b    []byte
	line int // where the last line begins
}

func (l *layout) write(d *doc, indent int, broken bool) {
	switch d.kind {
	case plain:
		l.b = append(l.b, d.text...)
		return
	case brk:
		if !broken {
			l.b = append(l.b, d.text...)
			return
		}
		l.b = append(l.b, '\n')
		l.line = len(l.b)
		for range indent {
			l.b = append(l.b, ' ')
		}
		return
	case nested:
		indent += 2
	case group:
		broken = d.flat > width-(len(l.b)-l.line)
	}
	for i := range d.kids {
		l.write(&d.kids[i], indent, broken)
	}
}
