/* The kernels, compiled into a test under other names: what was defined before counts. */
#define sp_dot own_dot
#define sp_sum own_sum
#define sp_axpy own_axpy
#define sp_axpy_4 own_axpy_4
#define sp_sqdev own_sqdev
#define sp_axpy_weighted own_axpy_weighted
#define sp_nonzeros own_nonzeros
#define sp_exceeding own_exceeding
#define sp_absorb_4 own_absorb_4
#define sp_dots_4x1 own_dots_4x1
#define sp_dots_4x4 own_dots_4x4
#define sp_dots_panel own_dots_panel
#define sp_lay_beside own_lay_beside
#define sp_panel_width own_panel_width
#define sp_panel_begin own_panel_begin
#define sp_deviations own_deviations
#define sp_farthest own_farthest
#define sp_round_to_bytes own_round_to_bytes
#define sp_dots_bytes own_dots_bytes
#define sp_exp own_exp
#define sp_class_loss own_class_loss
#include "core/kernels/absorb.c"
#include "core/kernels/bytes.c"
#include "core/kernels/losses.c"
#include "core/kernels/places.c"
#include "core/kernels/vectors.c"
