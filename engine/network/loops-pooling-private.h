/* SPDX-License-Identifier: MIT */
/* Part of loops-body-private.h: maxima of windows.  A vector holds channels of one pixel; the last
 * one begins early enough to be full, as computing some channels twice does no harm. */

/* Bytes of a vector: the compiler takes longer ones than the unit has to pieces, one by one. */
#ifdef __AVX2__
#  define WIDEST 32
#else
#  define WIDEST 16
#endif

/* The maximum of one window in as many channels as a vector has, and its place.  A place counts in
 * lanes as wide as the codes and leaves as a byte. */
#define DEFINE_MAXIMUM(name, Type, Place, n_bytes)                                                 \
  static inline __attribute__ ((always_inline)) void name (const FxpWindows *self,                 \
                                                           const Type *from,                       \
                                                           Type *to,                               \
                                                           guint8 *places)                         \
  {                                                                                                \
    typedef Type Codes __attribute__ ((vector_size (n_bytes)));                                    \
    typedef Place Places __attribute__ ((vector_size (n_bytes)));                                  \
    typedef guint8 Bytes __attribute__ ((vector_size ((n_bytes) / sizeof (Type))));                \
    typedef guint16 Halves __attribute__ ((vector_size (2 * (n_bytes) / sizeof (Type))));          \
    const gsize kernel = self->kernel;                                                             \
    Places place = {0}, found = {0};                                                               \
    Bytes bytes;                                                                                   \
    Codes best;                                                                                    \
                                                                                                   \
    memcpy (&best, from, sizeof best);                                                             \
    for (gsize row = 0; row < kernel; row++, from += self->stride)                                 \
      for (gsize column = 0; column < kernel; column++, place += 1)                                \
        {                                                                                          \
          Codes codes;                                                                             \
          Places wins;                                                                             \
                                                                                                   \
          memcpy (&codes, from + column * self->n_channels, sizeof codes);                         \
          wins = (Places)(codes > best);                                                           \
          best = (Codes)(((Places)codes & wins) | ((Places)best & ~wins));                         \
          found = (place & wins) | (found & ~wins);                                                \
        }                                                                                          \
    memcpy (to, &best, sizeof best);                                                               \
    bytes = __builtin_convertvector(__builtin_convertvector(found, Halves), Bytes);                \
    memcpy (places, &bytes, sizeof bytes);                                                         \
  }

/* A window's code where its place says so, and zeros elsewhere. */
#define DEFINE_SPREAD(name, Type, n_bytes)                                                         \
  static inline __attribute__ ((always_inline)) void name (const FxpWindows *self,                 \
                                                           const Type *from,                       \
                                                           Type *to,                               \
                                                           const guint8 *places)                   \
  {                                                                                                \
    typedef Type Codes __attribute__ ((vector_size (n_bytes)));                                    \
    typedef guint8 Bytes __attribute__ ((vector_size ((n_bytes) / sizeof (Type))));                \
    const gsize kernel = self->kernel;                                                             \
    Codes codes, found, place = {0};                                                               \
    Bytes bytes;                                                                                   \
                                                                                                   \
    memcpy (&codes, from, sizeof codes);                                                           \
    memcpy (&bytes, places, sizeof bytes);                                                         \
    found = __builtin_convertvector(bytes, Codes);                                                 \
    for (gsize row = 0; row < kernel; row++, to += self->stride)                                   \
      for (gsize column = 0; column < kernel; column++, place += 1)                                \
        {                                                                                          \
          Codes code = codes & (Codes)(found == place);                                            \
                                                                                                   \
          memcpy (to + column * self->n_channels, &code, sizeof code);                             \
        }                                                                                          \
  }

#define WALK_CHANNELS(vector, n_lanes)                                                             \
  {                                                                                                \
    gsize channel = 0;                                                                             \
                                                                                                   \
    for (; channel + (n_lanes) <= n; channel += (n_lanes))                                         \
      vector (self, from + channel, to + channel, places + channel);                               \
    if (channel < n)                                                                               \
      vector (self, from + n - (n_lanes), to + n - (n_lanes), places + n - (n_lanes));             \
  }

/* A row of windows in vectors of so many bytes, 16, 8, or one code, as a pixel's channels allow. */
#define DEFINE_ROW(name, Type, Byte, vector, from_pixels, to_pixels)                               \
  static void name (const FxpWindows *self, const Type *from, Type *to, Byte *places)              \
  {                                                                                                \
    const gsize n = self->n_channels;                                                              \
                                                                                                   \
    for (gsize window = 0; window < self->n_windows; window++)                                     \
      {                                                                                            \
        if (WIDEST > 16 && n * sizeof (Type) >= WIDEST)                                            \
          WALK_CHANNELS (vector##_widest, WIDEST / sizeof (Type))                                  \
        else if (n * sizeof (Type) >= 16)                                                          \
          WALK_CHANNELS (vector##_16, 16 / sizeof (Type))                                          \
        else if (n * sizeof (Type) >= 8)                                                           \
          WALK_CHANNELS (vector##_8, 8 / sizeof (Type))                                            \
        else                                                                                       \
          WALK_CHANNELS (vector##_1, 1)                                                            \
        from += n * (from_pixels);                                                                 \
        to += n * (to_pixels);                                                                     \
        places += n;                                                                               \
      }                                                                                            \
  }

#define DEFINE_POOL(suffix, Type, Place)                                                           \
  DEFINE_MAXIMUM (find_##suffix##_widest, Type, Place, WIDEST)                                     \
  DEFINE_MAXIMUM (find_##suffix##_16, Type, Place, 16)                                             \
  DEFINE_MAXIMUM (find_##suffix##_8, Type, Place, 8)                                               \
  DEFINE_MAXIMUM (find_##suffix##_1, Type, Place, sizeof (Type))                                   \
  DEFINE_ROW (pool_##suffix, Type, guint8, find_##suffix, self->kernel, 1)

#define DEFINE_SCATTER(suffix, Type)                                                               \
  DEFINE_SPREAD (spread_##suffix##_widest, Type, WIDEST)                                           \
  DEFINE_SPREAD (spread_##suffix##_16, Type, 16)                                                   \
  DEFINE_SPREAD (spread_##suffix##_8, Type, 8)                                                     \
  DEFINE_SPREAD (spread_##suffix##_1, Type, sizeof (Type))                                         \
  DEFINE_ROW (scatter_##suffix, Type, const guint8, spread_##suffix, 1, self->kernel)

DEFINE_POOL (i8, gint8, guint8)
DEFINE_POOL (u8, guint8, guint8)
DEFINE_POOL (i16, gint16, guint16)
DEFINE_POOL (u16, guint16, guint16)
DEFINE_POOL (i32, gint32, guint32)
DEFINE_POOL (u32, guint32, guint32)
DEFINE_POOL (f32, float, guint32)

DEFINE_SCATTER (u8, guint8)
DEFINE_SCATTER (u16, guint16)
DEFINE_SCATTER (u32, guint32)

#undef WIDEST
#undef DEFINE_MAXIMUM
#undef DEFINE_SPREAD
#undef WALK_CHANNELS
#undef DEFINE_ROW
#undef DEFINE_POOL
#undef DEFINE_SCATTER

static void
pool (const FxpWindows *self, FxpStorage storage, gconstpointer from, gpointer to, guint8 *places)
{
  switch (storage)
    {
    case FXP_STORAGE_I8:
      pool_i8 (self, from, to, places);
      break;
    case FXP_STORAGE_U8:
      pool_u8 (self, from, to, places);
      break;
    case FXP_STORAGE_I16:
      pool_i16 (self, from, to, places);
      break;
    case FXP_STORAGE_U16:
      pool_u16 (self, from, to, places);
      break;
    case FXP_STORAGE_I32:
      pool_i32 (self, from, to, places);
      break;
    case FXP_STORAGE_U32:
      pool_u32 (self, from, to, places);
      break;
    case FXP_STORAGE_F32:
      pool_f32 (self, from, to, places);
      break;
    }
}

static void
scatter (const FxpWindows *self,
         gsize code_size,
         gconstpointer from,
         const guint8 *places,
         gpointer to)
{
  switch (code_size)
    {
    case 1:
      scatter_u8 (self, from, to, places);
      break;
    case 2:
      scatter_u16 (self, from, to, places);
      break;
    default:
      scatter_u32 (self, from, to, places);
      break;
    }
}
