package gemm

import (
	"unsafe"

	"gojax/internal/cpu/run"
)

// A product of few columns would leave most of a panel empty. So it is made as its transpose is,
// a block of columns of that at once, and each is turned. So is one of more columns if the left operand is computed and
// lies by columns: in its own order its lines would be as short as tiles are low.

// isUpright reports whether a product is made so.
func (p *Plan) isUpright(u Use) bool {
	few := p.columns / 2
	if u.LinesX && !u.Y && p.x.col != p.size {
		few = low
	}
	return p.n > 1 && p.n <= few && p.m >= 4*p.columns && !p.halves()
}

// blockOfRows is how many rows of the result are made at once.
func (p *Plan) blockOfRows() int {
	if p.m < 8*p.columns {
		return 2 * p.columns // so that there are several
	}
	return 4 * p.columns
}

// uprightParts is how many blocks make a part, and how long all take.
func (p *Plan) uprightParts() (some int, ns float64) {
	one := p.ns(p.blockOfRows() * p.k * (p.n + 4))
	return grain(4 * one), one * float64(count(p.m, p.blockOfRows()))
}

// uprightLots is how many threads upright uses, and what each works in.
func (p *Plan) uprightLots(u Use, threads int) (n, each int) {
	each = run.Room(p.n * p.blockOfRows() * p.size)
	if p.x.row != p.size || u.LinesX {
		each += run.Room(p.columnsOf(p.blockOfRows()))
	}
	if u.LinesX {
		each += run.Room(p.area(p.blockOfRows(), min(p.k, depth)))
	}
	some, _ := p.uprightParts()
	if u.Own {
		each += run.Room(p.n * p.blockOfRows() * p.size)
	}
	return run.Concurrent(count(p.m, p.blockOfRows()), some, threads), each
}

func (p *product) upright() {
	block := p.blockOfRows()
	of := *p.Plan
	of.m, of.n = p.n, block
	q := *p
	q.Plan, q.x, q.row, q.prior = &of, p.y, block*p.size, Changes{}
	pack := p.x.row != p.size || p.x.apart()
	some, ns := p.uprightParts()
	lots := p.memory.Lots(p.uprightLots(p.use(), run.Threads()))
	defer lots.Free()
	run.Share(count(p.m, block), some, ns, func(lo, hi int) {
		w := work{memory: lots.Take()}
		defer lots.Give(w.memory)
		defer w.free()
		sums := w.sums.of(w.memory, p.n*q.row)
		for i := lo * block; i < min(hi*block, p.m); i += block {
			m := min(block, p.m-i)
			q.rowsOf(p.x.at(i, 0), sums, m, pack, &w)
			to := *p
			if p.then.Own {
				to.in(w.own.of(w.memory, p.n*q.row))
				to.number += i * p.n
			} else {
				to.out = unsafe.Add(p.out, i*p.row)
			}
			p.transpose(to.out, p.row, operand{p: sums, row: q.row, col: p.size}, p.n, m)
			to.finished(to.out, m*p.n)
		}
	})
}
