/* The support of a penalised quadratic as a linear system: which members move, the Cholesky factor
 * of their part of the Gram matrix, which follows them along the path, and its solution.
 *
 * The ridge part of an elastic net changes with lambda, on the whole diagonal: the factor keeps
 * that of an earlier lambda for a while. */
#ifndef SP_SUPPORT_H
#define SP_SUPPORT_H

#include "factor.h"
#include "gram.h"
#include "nearby.h"

/* After a share of the step the member of a row meets the end of its piece. */
typedef struct {
  ptrdiff_t row;
  double share, end;
} sp_meeting;

/* Vectors are by row of the factor. */
typedef struct {
  ptrdiff_t capacity; /* members there is room for */
  sp_factor factor;   /* of G, the ridge part and the damping; labels are members */
  double lambda;      /* whose ridge part is in it */
  double damping;     /* share of the diagonal of G that is added to it; set by the owner */
  double *pull;       /* what the step is to overcome */
  double *step;       /* ... the step */
  double *image;      /* ... and what the matrix makes of it */
  double *half;       /* L^-1 pull, where `halfway` */
  int halfway;        /* set back by the owner when members have moved otherwise */
  sp_nearby nearby;
  double *cross[SP_FACTOR_GROUP]; /* capacity + group; scratch, for the owner as well */
  sp_meeting *meetings;           /* as of sp_support_search() */
  double *beta, *gradient;        /* by member: as of sp_support_depart() */
  ptrdiff_t *listed;              /* members; scratch */
  unsigned char *marked;          /* by member: is it in the factor, as of sp_support_mark() */
} sp_support;

/* Room for `capacity` members. Clear also after a failure. */
sp_status sp_support_reserve(sp_support *s, ptrdiff_t capacity, sp_error *err);
void sp_support_clear(sp_support *s);

/* The factor takes in all that can move and is independent of the others, and lets go of the rest.
   If any joins, half of the solution comes with it. Needs room for all members. Cost: O(|A|^2) per
   member that joins or leaves. */
sp_status sp_support_follow(sp_support *s, const sp_gram *g, sp_error *err);

/* Fills s->marked for `members` members. */
void sp_support_mark(sp_support *s, ptrdiff_t members);

/* Fills s->pull with sp_gram_pull() of the members in the factor; who rests on a kink is not
   pulled, whatever was carried along says. */
void sp_support_load(sp_support *s, const sp_gram *g);

/* From s->pull: s->step, the solution of (G + ridge + damping) step = pull, and its image under
   that matrix. Cost: O(|A|^2), half of it while `halfway`, a few times it beside another ridge
   part. */
void sp_support_solve(sp_support *s, const sp_gram *g);

/* The first meeting along the step; that of row -1, after Inf: there is none. */
sp_meeting sp_support_first(const sp_support *s, const sp_gram *g);

/* How far the quadratic falls along the step, if members stay at the ends that they meet: the share
   of it, at most 1, after which it first rises. By then *met members have met theirs; they are the
   first s->meetings, from the last row to the first. At least one has if any meets one during the
   step. Bertsekas (1982), SIAM J. Control Optim. 20, 221-246, with the least along the bent line
   found exactly. Cost: O(|A|) per meeting. */
double sp_support_search(sp_support *s, const sp_gram *g, ptrdiff_t *met);

/* All members move by a share of the step; step and image become that share of them, and `half`,
   without damping, what is left. */
void sp_support_go(sp_support *s, const sp_gram *g, double share);

/* Several steps bring the gradients of all others up to date once: from departure to arrival only
   those of members in the factor follow the steps, by their images, and only they may move. Cost:
   |members| times the number of those who have moved, or of those outside the factor. */
void sp_support_depart(sp_support *s, const sp_gram *g);
void sp_support_relieve(const sp_support *s, const sp_gram *g); /* after each step */
void sp_support_arrive(sp_support *s, const sp_gram *g);

/* The member of a meeting goes to its end, with all gradients, and leaves the factor. Returns its
   change. Cost: O(|A|^2 + |members|). */
double sp_support_settle(sp_support *s, const sp_gram *g, const sp_meeting *m);

/* What the factor has more of the ridge part of member k than there is at g->lambda. */
double sp_support_excess(const sp_support *s, const sp_gram *g, ptrdiff_t k);

/* Appends up to SP_FACTOR_GROUP members to a factor of G with the ridge part of g->lambda and a
   share `damping` of the diagonal. cross: scratch of f->size + count for each of them; b: as of
   sp_factor_append(). */
sp_status sp_gram_append(const sp_gram *g, double damping, sp_factor *f, const ptrdiff_t *members,
                         int count, double *const *cross, double *b, sp_error *err);

#endif
