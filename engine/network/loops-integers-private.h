/* SPDX-License-Identifier: MIT */
/* Part of loops-body-private.h: sums of the channels of images in integers.  They are exact, so
 * that no order matters; a vector holds channels of a pixel side by side. */

#define N_SUMMED 16 /* channels at a time, while there are so many */

/* Bytes widen by way of 16 bits, as the compiler takes them apart one by one otherwise. */
#define NEAR_gint8   gint16
#define NEAR_guint8  guint16
#define NEAR_gint16  gint16
#define NEAR_guint16 guint16

/* Sums of a and of a b of @n channels, of which a and b are the first one's. */
#define DEFINE_CODES(name, TypeA, TypeB, n)                                                        \
  static inline __attribute__ ((always_inline)) void name (const FxpCodeImage *self,               \
                                                           gsize channel)                          \
  {                                                                                                \
    typedef TypeA CodesA __attribute__ ((vector_size ((n) * sizeof (TypeA))));                     \
    typedef TypeB CodesB __attribute__ ((vector_size ((n) * sizeof (TypeB))));                     \
    typedef NEAR_##TypeA NearA __attribute__ ((vector_size ((n)*2)));                              \
    typedef NEAR_##TypeB NearB __attribute__ ((vector_size ((n)*2)));                              \
    typedef gint32 Sums __attribute__ ((vector_size ((n)*4)));                                     \
    const TypeA *a = (const TypeA *)self->a + channel;                                             \
    const TypeB *b = (const TypeB *)self->b + channel;                                             \
    const gsize stride = self->n_channels;                                                         \
    gsize left = self->n_pixels;                                                                   \
                                                                                                   \
    for (gsize i = 0; i < (n); i++)                                                                \
      self->sums[channel + i] = self->products[channel + i] = 0;                                   \
    while (left > 0)                                                                               \
      {                                                                                            \
        const gsize n_near = left < self->n_short ? left : self->n_short;                          \
        Sums sums = {0}, products = {0};                                                           \
                                                                                                   \
        for (gsize pixel = 0; pixel < n_near; pixel++, a += stride, b += stride)                   \
          {                                                                                        \
            CodesA codes_a;                                                                        \
            CodesB codes_b;                                                                        \
            Sums wide;                                                                             \
                                                                                                   \
            memcpy (&codes_a, a, sizeof codes_a);                                                  \
            memcpy (&codes_b, b, sizeof codes_b);                                                  \
            wide = __builtin_convertvector(__builtin_convertvector(codes_a, NearA), Sums);         \
            sums += wide;                                                                          \
            products +=                                                                            \
              wide * __builtin_convertvector(__builtin_convertvector(codes_b, NearB), Sums);       \
          }                                                                                        \
        for (gsize i = 0; i < (n); i++)                                                            \
          {                                                                                        \
            self->sums[channel + i] += sums[i];                                                    \
            self->products[channel + i] += products[i];                                            \
          }                                                                                        \
        left -= n_near;                                                                            \
      }                                                                                            \
  }

#define DEFINE_CODES_OF(name, TypeA, TypeB)                                                        \
  DEFINE_CODES (name##_many, TypeA, TypeB, N_SUMMED)                                               \
  DEFINE_CODES (name##_few, TypeA, TypeB, 4)                                                       \
  DEFINE_CODES (name##_one, TypeA, TypeB, 1)                                                       \
  static void name (const FxpCodeImage *self)                                                      \
  {                                                                                                \
    gsize channel = 0;                                                                             \
                                                                                                   \
    for (; channel + N_SUMMED <= self->n_channels; channel += N_SUMMED)                            \
      name##_many (self, channel);                                                                 \
    for (; channel + 4 <= self->n_channels; channel += 4)                                          \
      name##_few (self, channel);                                                                  \
    for (; channel < self->n_channels; channel++)                                                  \
      name##_one (self, channel);                                                                  \
  }

DEFINE_CODES_OF (sum_i8_i8, gint8, gint8)
DEFINE_CODES_OF (sum_i8_u8, gint8, guint8)
DEFINE_CODES_OF (sum_i8_i16, gint8, gint16)
DEFINE_CODES_OF (sum_i8_u16, gint8, guint16)
DEFINE_CODES_OF (sum_u8_i8, guint8, gint8)
DEFINE_CODES_OF (sum_u8_u8, guint8, guint8)
DEFINE_CODES_OF (sum_u8_i16, guint8, gint16)
DEFINE_CODES_OF (sum_u8_u16, guint8, guint16)
DEFINE_CODES_OF (sum_i16_i8, gint16, gint8)
DEFINE_CODES_OF (sum_i16_u8, gint16, guint8)
DEFINE_CODES_OF (sum_i16_i16, gint16, gint16)
DEFINE_CODES_OF (sum_i16_u16, gint16, guint16)
DEFINE_CODES_OF (sum_u16_i8, guint16, gint8)
DEFINE_CODES_OF (sum_u16_u8, guint16, guint8)
DEFINE_CODES_OF (sum_u16_i16, guint16, gint16)
DEFINE_CODES_OF (sum_u16_u16, guint16, guint16)

typedef void (*SumCodes) (const FxpCodeImage *self);

static void
sum_codes (const FxpCodeImage *self)
{
  static const SumCodes sums[4][4] = {
    [FXP_STORAGE_I8] =
      {
        [FXP_STORAGE_I8] = sum_i8_i8,
        [FXP_STORAGE_U8] = sum_i8_u8,
        [FXP_STORAGE_I16] = sum_i8_i16,
        [FXP_STORAGE_U16] = sum_i8_u16,
      },
    [FXP_STORAGE_U8] =
      {
        [FXP_STORAGE_I8] = sum_u8_i8,
        [FXP_STORAGE_U8] = sum_u8_u8,
        [FXP_STORAGE_I16] = sum_u8_i16,
        [FXP_STORAGE_U16] = sum_u8_u16,
      },
    [FXP_STORAGE_I16] =
      {
        [FXP_STORAGE_I8] = sum_i16_i8,
        [FXP_STORAGE_U8] = sum_i16_u8,
        [FXP_STORAGE_I16] = sum_i16_i16,
        [FXP_STORAGE_U16] = sum_i16_u16,
      },
    [FXP_STORAGE_U16] =
      {
        [FXP_STORAGE_I8] = sum_u16_i8,
        [FXP_STORAGE_U8] = sum_u16_u8,
        [FXP_STORAGE_I16] = sum_u16_i16,
        [FXP_STORAGE_U16] = sum_u16_u16,
      },
  };

  sums[self->a_storage][self->b_storage](self);
}

/* Sums of @n channels, of which values is the first one's. */
#define DEFINE_SHORTS(name, n)                                                                     \
  static inline __attribute__ ((always_inline)) void name (const gint32 *values,                   \
                                                           gsize n_pixels,                         \
                                                           gsize stride,                           \
                                                           gint64 *sums)                           \
  {                                                                                                \
    typedef gint32 Shorts __attribute__ ((vector_size ((n)*4)));                                   \
    typedef gint64 Sums __attribute__ ((vector_size ((n)*8)));                                     \
    Sums near = {0};                                                                               \
    Shorts shorts;                                                                                 \
                                                                                                   \
    for (gsize pixel = 0; pixel < n_pixels; pixel++)                                               \
      {                                                                                            \
        memcpy (&shorts, values + pixel * stride, sizeof shorts);                                  \
        near += __builtin_convertvector(shorts, Sums);                                             \
      }                                                                                            \
    memcpy (sums, &near, sizeof near);                                                             \
  }

DEFINE_SHORTS (sum_shorts_many, 8)
DEFINE_SHORTS (sum_shorts_one, 1)

static void
sum_shorts (const gint32 *values, gsize n_pixels, gsize n_channels, gint64 *sums)
{
  gsize channel = 0;

  for (; channel + 8 <= n_channels; channel += 8)
    sum_shorts_many (values + channel, n_pixels, n_channels, sums + channel);
  for (; channel < n_channels; channel++)
    sum_shorts_one (values + channel, n_pixels, n_channels, sums + channel);
}

#undef DEFINE_SHORTS
#undef N_SUMMED
#undef DEFINE_CODES
#undef DEFINE_CODES_OF
