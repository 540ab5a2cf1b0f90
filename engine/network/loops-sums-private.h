/* SPDX-License-Identifier: MIT */
/* Part of loops-body-private.h: sums of the channels of images, in the lanes that the contract in
 * network-private.h (3a) asks for.  A vector holds channels side by side, and eight of them the
 * lanes, so that no sum waits for the one before. */

typedef double Sums1 __attribute__ ((vector_size (8), aligned (8), may_alias));
typedef double Sums2 __attribute__ ((vector_size (16), aligned (8), may_alias));
typedef double Sums4 __attribute__ ((vector_size (32), aligned (8), may_alias));
#ifdef __AVX512F__
typedef double Sums8 __attribute__ ((vector_size (64), aligned (8), may_alias));
#endif

/* As many integers. */
typedef gint32 Sums1Shorts __attribute__ ((vector_size (4), aligned (4), may_alias));
typedef gint32 Sums2Shorts __attribute__ ((vector_size (8), aligned (4), may_alias));
typedef gint32 Sums4Shorts __attribute__ ((vector_size (16), aligned (4), may_alias));
#ifdef __AVX512F__
typedef gint32 Sums8Shorts __attribute__ ((vector_size (32), aligned (4), may_alias));
#endif

#define AT(Sums, values) (*(Sums *)(values))

/* What the pixel at element i adds to the lanes of its channels. */
#define VALUE(Sums, i) AT (const Sums, a + (i))
#define SQUARE(Sums, i)                                                                            \
  ((VALUE (Sums, i) - AT (const Sums, b)) * (VALUE (Sums, i) - AT (const Sums, b)))
#define SHORT(Sums, i) __builtin_convertvector(AT (const Sums##Shorts, a + (i)), Sums)
#define SHORT_SQUARE(Sums, i)                                                                      \
  ((SHORT (Sums, i) - AT (const Sums, b)) * (SHORT (Sums, i) - AT (const Sums, b)))
#define PRODUCT(Sums, i) (VALUE (Sums, i) * AT (const Sums, b + (i)))

/* One vector of channels, of which a and b are the first one's. */
#define DEFINE_LANES(name, Sums, Type, TERM)                                                       \
  static inline __attribute__ ((always_inline)) void name (const FxpImagePart *self,               \
                                                           const Type *a,                          \
                                                           const double *b,                        \
                                                           gsize channel)                          \
  {                                                                                                \
    const gsize n_pixels = self->n_pixels, stride = self->stride;                                  \
    double *waiting = self->lanes + channel;                                                       \
    Sums lanes[FXP_SUM_LANES] = {{0.0}};                                                           \
    gsize pixel = 0;                                                                               \
                                                                                                   \
    if (!self->begins)                                                                             \
      for (gsize lane = 0; lane < FXP_SUM_LANES; lane++)                                           \
        lanes[lane] = AT (const Sums, waiting + lane * self->n_channels);                          \
    for (; pixel + FXP_SUM_LANES <= n_pixels; pixel += FXP_SUM_LANES)                              \
      for (gsize lane = 0; lane < FXP_SUM_LANES; lane++)                                           \
        lanes[lane] += TERM (Sums, (pixel + lane) * stride);                                       \
    for (gsize lane = 0; lane < FXP_SUM_LANES; lane++)                                             \
      if (pixel + lane < n_pixels)                                                                 \
        lanes[lane] += TERM (Sums, (pixel + lane) * stride);                                       \
    if (self->ends)                                                                                \
      AT (Sums, self->sums + channel) = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +          \
                                        ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));           \
    else                                                                                           \
      for (gsize lane = 0; lane < FXP_SUM_LANES; lane++)                                           \
        AT (Sums, waiting + lane * self->n_channels) = lanes[lane];                                \
  }

#define WALK(name, Sums, from, b_step)                                                             \
  for (; channel + sizeof (Sums) / sizeof (double) <= self->n_channels;                            \
       channel += sizeof (Sums) / sizeof (double))                                                 \
  name (self, self->from + channel, self->b + channel * (b_step), channel)

#ifdef __AVX512F__
#  define DEFINE_WIDEST(name, Type, TERM) DEFINE_LANES (name##_8, Sums8, Type, TERM)
#  define WALK_WIDEST(name, from, b_step) WALK (name##_8, Sums8, from, b_step)
#else
#  define DEFINE_WIDEST(name, Type, TERM)
#  define WALK_WIDEST(name, from, b_step)
#endif

/* All channels, of what lies at @from; @b_step is 0 where there is no b. */
#define DEFINE_SUM(name, Type, from, TERM, b_step)                                                 \
  DEFINE_WIDEST (name, Type, TERM)                                                                 \
  DEFINE_LANES (name##_4, Sums4, Type, TERM)                                                       \
  DEFINE_LANES (name##_2, Sums2, Type, TERM)                                                       \
  DEFINE_LANES (name##_1, Sums1, Type, TERM)                                                       \
  static void name (const FxpImagePart *self)                                                      \
  {                                                                                                \
    gsize channel = 0;                                                                             \
                                                                                                   \
    WALK_WIDEST (name, from, b_step);                                                              \
    WALK (name##_4, Sums4, from, b_step);                                                          \
    WALK (name##_2, Sums2, from, b_step);                                                          \
    WALK (name##_1, Sums1, from, b_step);                                                          \
  }

DEFINE_SUM (sum_values, double, a, VALUE, 0)
DEFINE_SUM (sum_squares, double, a, SQUARE, 1)
DEFINE_SUM (sum_short_squares, gint32, short_a, SHORT_SQUARE, 1)
DEFINE_SUM (sum_products, double, a, PRODUCT, 1)

#undef AT
#undef VALUE
#undef SQUARE
#undef SHORT
#undef SHORT_SQUARE
#undef PRODUCT
#undef DEFINE_LANES
#undef WALK
#undef DEFINE_WIDEST
#undef WALK_WIDEST
#undef DEFINE_SUM
