package dev.orograph.random;

/**
 * The layers of {@link Ziggurat}: 256 for the half normal density, ending at {@link #TAIL}.
 *
 * <p>Layer i has the right edge {@code x(i)}. The tables hold {@code x(i) / 2^52} (width), {@code
 * 2^52 x(i-1) / x(i)} (the draws below which the point surely lies under the curve) and {@code
 * exp(-x(i)²/2)} (height). They are stored because NumPy's double tables carry the rounding of the
 * program that once made them: neither the exact values nor a recursion in double or extended
 * precision gives the same last bits (some 80 of the 256 thresholds differ). The float tables are
 * the same numbers rounded, which is computed.
 */
final class ZigguratTables {
  /** The right edge of the lowest layer, where the tail begins. */
  static final double TAIL = 3.654152885361009;

  /** {@code 1 / TAIL}. */
  static final double INVERSE_TAIL = 0.2736612373297583;

  private static final int FLOAT_SHIFT = 29;

  private ZigguratTables() {}

  /** Returns a table of doubles from the bits of its entries. */
  static double[] doubles(long[] bits) {
    double[] values = new double[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = Double.longBitsToDouble(bits[i]);
    }
    return values;
  }

  /** Returns a table of floats: {@code scale} times the doubles, rounded. */
  static float[] floats(long[] bits, double scale) {
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = (float) (Double.longBitsToDouble(bits[i]) * scale);
    }
    return values;
  }

  /** Returns the thresholds for draws of 23 bits: those for 52 bits, divided by 2^29, rounded. */
  static int[] floatThresholds() {
    int[] values = new int[THRESHOLDS.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (int) ((THRESHOLDS[i] + (1L << (FLOAT_SHIFT - 1))) >> FLOAT_SHIFT);
    }
    return values;
  }

  static final long[] THRESHOLDS = {
    0xef33d8025ef6aL, 0x0000000000000L, 0xc08be98fbc6a8L, 0xda354fabd8142L,
    0xe51f67ec1eeeaL, 0xeb255e9d3f77eL, 0xeef4b817ecab9L, 0xf19470afa44aaL,
    0xf37ed61ffcb18L, 0xf4f469561255cL, 0xf61a5e41ba396L, 0xf707a755396a4L,
    0xf7cb2ec28449aL, 0xf86f10c6357d3L, 0xf8fa6578325deL, 0xf9724c74dd0daL,
    0xf9da907dbf509L, 0xfa360f581fa74L, 0xfa86fde5b4bf8L, 0xfacf160d354dcL,
    0xfb0fb6718b90fL, 0xfb49f8d5374c6L, 0xfb7ec2366fe77L, 0xfbaece9a1e50eL,
    0xfbdab9d040bedL, 0xfc03060ff6c57L, 0xfc2821037a248L, 0xfc4a67ae25bd1L,
    0xfc6a2977aee31L, 0xfc87aa92896a4L, 0xfca325e4bde85L, 0xfcbcce902231aL,
    0xfcd4d12f839c4L, 0xfceb54d8fec99L, 0xfd007bf1dc930L, 0xfd1464dd6c4e6L,
    0xfd272a8e2f450L, 0xfd38e4ff0c91eL, 0xfd49a9990b478L, 0xfd598b8920f53L,
    0xfd689c08e99ecL, 0xfd76ea9c8e832L, 0xfd848547b08e8L, 0xfd9178bad2c8cL,
    0xfd9dd07a7add2L, 0xfda9970105e8cL, 0xfdb4d5dc02e20L, 0xfdbf95c5bfcd0L,
    0xfdc9debb99a7dL, 0xfdd3b8118729dL, 0xfddd288342f90L, 0xfde6364369f64L,
    0xfdeee708d514eL, 0xfdf7401a6b42eL, 0xfdff46599ed40L, 0xfe06fe4bc24f2L,
    0xfe0e6c225a258L, 0xfe1593c28b84cL, 0xfe1c78cbc3f99L, 0xfe231e9db1caaL,
    0xfe29885da1b91L, 0xfe2fb8fb54186L, 0xfe35b33558d4aL, 0xfe3b799d0002aL,
    0xfe410e99ead7fL, 0xfe46746d47734L, 0xfe4bad34c095cL, 0xfe50baed29524L,
    0xfe559f74ebc78L, 0xfe5a5c8e41212L, 0xfe5ef3e138689L, 0xfe6366fd91078L,
    0xfe67b75c6d578L, 0xfe6be661e11aaL, 0xfe6ff55e5f4f2L, 0xfe73e5900a702L,
    0xfe77b823e9e39L, 0xfe7b6e37070a2L, 0xfe7f08d774243L, 0xfe8289053f08cL,
    0xfe85efb35173aL, 0xfe893dc840864L, 0xfe8c741f0cebcL, 0xfe8f9387d4ef6L,
    0xfe929cc879b1dL, 0xfe95909d388eaL, 0xfe986fb939aa2L, 0xfe9b3ac714866L,
    0xfe9df2694b6d5L, 0xfea0973abe67cL, 0xfea329cf166a4L, 0xfea5aab32952cL,
    0xfea81a6d5741aL, 0xfeaa797de1cf0L, 0xfeacc85f3d920L, 0xfeaf07865e63cL,
    0xfeb13762fec13L, 0xfeb3585fe2a4aL, 0xfeb56ae3162b4L, 0xfeb76f4e284faL,
    0xfeb965fe62014L, 0xfebb4f4cf9d7cL, 0xfebd2b8f449d0L, 0xfebefb16e2e3eL,
    0xfec0be31ebde8L, 0xfec2752b15a15L, 0xfec42049dafd3L, 0xfec5bfd29f196L,
    0xfec75406ceef4L, 0xfec8dd2500cb4L, 0xfeca5b6911f12L, 0xfecbcf0c427feL,
    0xfecd38454fb15L, 0xfece97488c8b3L, 0xfecfec47f91b7L, 0xfed1377358528L,
    0xfed278f844903L, 0xfed3b10242f4cL, 0xfed4dfbad586eL, 0xfed605498c3ddL,
    0xfed721d414fe8L, 0xfed8357e4a982L, 0xfed9406a42cc8L, 0xfeda42b85b704L,
    0xfedb3c8746ab4L, 0xfedc2df416652L, 0xfedd171a46e52L, 0xfeddf813c8ad3L,
    0xfeded0f909980L, 0xfedfa1e0fd414L, 0xfee06ae124bc4L, 0xfee12c0d95a06L,
    0xfee1e579006e0L, 0xfee29734b6524L, 0xfee34150ae4bcL, 0xfee3e3db89b3cL,
    0xfee47ee2982f4L, 0xfee51271db086L, 0xfee59e9407f41L, 0xfee623528b42eL,
    0xfee6a0b5897f1L, 0xfee716c3e077aL, 0xfee7858327b82L, 0xfee7ecf7b06baL,
    0xfee84d2484ab2L, 0xfee8a60b66343L, 0xfee8f7accc851L, 0xfee94207e25daL,
    0xfee9851a829eaL, 0xfee9c0e13485cL, 0xfee9f557273f4L, 0xfeea22762ccaeL,
    0xfeea4836b42acL, 0xfeea668fc2d71L, 0xfeea7d76ed6faL, 0xfeea8ce04fa0aL,
    0xfeea94be8333bL, 0xfeea950296410L, 0xfeea8d9c0075eL, 0xfeea7e7897654L,
    0xfeea678481d24L, 0xfeea48aa29e83L, 0xfeea21d22e4daL, 0xfee9f2e352024L,
    0xfee9bbc26af2eL, 0xfee97c524f2e4L, 0xfee93473c0a3aL, 0xfee8e40557516L,
    0xfee88ae369c7aL, 0xfee828e7f3dfdL, 0xfee7bdea7b888L, 0xfee749bff37ffL,
    0xfee6cc3a9bd5eL, 0xfee64529e007eL, 0xfee5b45a32888L, 0xfee51994e57b6L,
    0xfee474a0006cfL, 0xfee3c53e12c50L, 0xfee30b2e02ad8L, 0xfee2462ad8205L,
    0xfee175eb83c5aL, 0xfee09a22a1447L, 0xfedfb27e349ccL, 0xfedebea76216cL,
    0xfeddbe422047eL, 0xfedcb0ece39d3L, 0xfedb964042cf4L, 0xfeda6dce938c9L,
    0xfed937237e98dL, 0xfed7f1c38a836L, 0xfed69d2b9c02bL, 0xfed538d06ae00L,
    0xfed3c41dea422L, 0xfed23e76a2fd8L, 0xfed0a732fe644L, 0xfecefda07fe34L,
    0xfecd4100eb7b8L, 0xfecb708956eb4L, 0xfec98b61230c1L, 0xfec790a0da978L,
    0xfec57f50f31feL, 0xfec356686c962L, 0xfec114cb4b335L, 0xfebeb948e6fd0L,
    0xfebc429a0b692L, 0xfeb9af5ee0cdcL, 0xfeb6fe1c98542L, 0xfeb42d3ad1f9eL,
    0xfeb13b00b2d4bL, 0xfeae2591a02e9L, 0xfeaaeae992257L, 0xfea788d8ee326L,
    0xfea3fcffd73e5L, 0xfea044c8dd9f6L, 0xfe9c5d62f563bL, 0xfe9843ba947a4L,
    0xfe93f471d4728L, 0xfe8f6bd76c5d6L, 0xfe8aa5dc4e8e6L, 0xfe859e07ab1eaL,
    0xfe804f690a940L, 0xfe7ab488233c0L, 0xfe74c751f6aa5L, 0xfe6e8102aa202L,
    0xfe67da0b6abd8L, 0xfe60c9f38307eL, 0xfe5947338f742L, 0xfe51470977280L,
    0xfe48bd436f458L, 0xfe3f9bffd1e37L, 0xfe35d35eeb19cL, 0xfe2b5122fe4feL,
    0xfe20003995557L, 0xfe13c82788314L, 0xfe068c4ee67b0L, 0xfdf82b02b71aaL,
    0xfde87c57efeaaL, 0xfdd7509c63bfdL, 0xfdc46e529bf13L, 0xfdaf8f82e0282L,
    0xfd985e1b2ba75L, 0xfd7e6ef48cf04L, 0xfd613adbd650bL, 0xfd40149e2f012L,
    0xfd1a1a7b4c7acL, 0xfcee204761f9eL, 0xfcba8d85e11b2L, 0xfc7d26ecd2d22L,
    0xfc32b2f1e22edL, 0xfbd6581c0b83aL, 0xfb606c4005434L, 0xfac40582a2874L,
    0xf9e971e014598L, 0xf89fa48a41dfcL, 0xf66c5f7f0302cL, 0xf1a5a4b331c4aL
  };

  static final long[] WIDTHS = {
    0x3ccf493b7815d979L, 0x3c8b8d0be3fdf6c6L, 0x3c9250af3c2c5bb4L, 0x3c957cb938443b61L,
    0x3c9801fce82fa70cL, 0x3c9a230c2e4cd0bcL, 0x3c9c004d2f3861f7L, 0x3c9dac2f5a747274L,
    0x3c9f32482d4cd5c3L, 0x3ca04d32278ebbadL, 0x3ca0f5053b025d43L, 0x3ca192a697413677L,
    0x3ca227a28f7a1af5L, 0x3ca2b52e3863d880L, 0x3ca33c3fc05791f5L, 0x3ca3bd9ec1a2b12fL,
    0x3ca439ef8dff9b55L, 0x3ca4b1bb363dfea7L, 0x3ca52575621ad374L, 0x3ca59580a707ce96L,
    0x3ca60231cfd97eeaL, 0x3ca66bd261a37c3dL, 0x3ca6d2a292000570L, 0x3ca736dad346f8a6L,
    0x3ca798ad10b32a77L, 0x3ca7f845ad46f543L, 0x3ca855cc53430a77L, 0x3ca8b1649e7b769aL,
    0x3ca90b2ea94ecf98L, 0x3ca96347822c1eeaL, 0x3ca9b9c98e38c546L, 0x3caa0eccdca4a72cL,
    0x3caa62676d77cd59L, 0x3caab4ad6e101630L, 0x3cab05b16d136c9cL, 0x3cab558487427a29L,
    0x3caba4368e529f3aL, 0x3cabf1d62abf8232L, 0x3cac3e70f9594ef3L, 0x3cac8a13a5323b61L,
    0x3cacd4c9fe72268bL, 0x3cad1e9f0e80b748L, 0x3cad679d29e41f10L, 0x3cadafce0023b8c3L,
    0x3cadf73aa9f17653L, 0x3cae3debb5d2edfeL, 0x3cae83e9337a6f00L, 0x3caec93abdf982ceL,
    0x3caf0de784f06226L, 0x3caf51f654d8f688L, 0x3caf956d9e87d7aeL, 0x3cafd8537dfa2eacL,
    0x3cb00d56e04234ecL, 0x3cb02e40f5398f9aL, 0x3cb04eea9e16a5fcL, 0x3cb06f565b72a010L,
    0x3cb08f869071f40bL, 0x3cb0af7d84bc6113L, 0x3cb0cf3d664bcc7fL, 0x3cb0eec84b16086bL,
    0x3cb10e20329515eeL, 0x3cb12d4707310fbeL, 0x3cb14c3e9f8e9141L, 0x3cb16b08bfc4201eL,
    0x3cb189a71a78da34L, 0x3cb1a81b51ee6d88L, 0x3cb1c666f8f82acbL, 0x3cb1e48b93e0d42eL,
    0x3cb2028a9940a09fL, 0x3cb2206572c4c6e9L, 0x3cb23e1d7de9c31fL, 0x3cb25bb40ca96bfbL,
    0x3cb2792a661dd37fL, 0x3cb29681c719d71bL, 0x3cb2b3bb62b82edaL, 0x3cb2d0d862e1b853L,
    0x3cb2edd9e8cba98eL, 0x3cb30ac10d6e48d7L, 0x3cb3278ee1f4b930L, 0x3cb3444470265ea1L,
    0x3cb360e2baca52d5L, 0x3cb37d6abe05586aL, 0x3cb399dd6fb2b264L, 0x3cb3b63bbfb83d03L,
    0x3cb3d28698561de0L, 0x3cb3eebede725a83L, 0x3cb40ae571e09e74L, 0x3cb426fb2da6745dL,
    0x3cb44300e83c30a4L, 0x3cb45ef773cac75dL, 0x3cb47adf9e66c336L, 0x3cb496ba32488f2fL,
    0x3cb4b287f602415dL, 0x3cb4ce49acb311dcL, 0x3cb4ea001638a605L, 0x3cb505abef5e5562L,
    0x3cb5214df20a8b5aL, 0x3cb53ce6d56a664fL, 0x3cb558774e1bb2c8L, 0x3cb574000e555f78L,
    0x3cb58f81c60e8514L, 0x3cb5aafd23241b59L, 0x3cb5c672d17d733dL, 0x3cb5e1e37b2f8cd3L,
    0x3cb5fd4fc89f5e38L, 0x3cb618b860a31fc3L, 0x3cb6341de8a2b0a2L, 0x3cb64f8104b7260bL,
    0x3cb66ae257c99672L, 0x3cb6864283b13137L, 0x3cb6a1a22950b2b1L, 0x3cb6bd01e8b343bbL,
    0x3cb6d8626128d352L, 0x3cb6f3c43161f854L, 0x3cb70f27f78b68ebL, 0x3cb72a8e516914c6L,
    0x3cb745f7dc70eedcL, 0x3cb7616535e5731fL, 0x3cb77cd6faeff449L, 0x3cb7984dc8babd93L,
    0x3cb7b3ca3c8b1409L, 0x3cb7cf4cf3db22fbL, 0x3cb7ead68c73dee7L, 0x3cb80667a486ea1fL,
    0x3cb82200dac88676L, 0x3cb83da2ce899f15L, 0x3cb8594e1fd1f5bdL, 0x3cb875036f7a7ec5L,
    0x3cb890c35f47f72dL, 0x3cb8ac8e9205c043L, 0x3cb8c865aba10c9cL, 0x3cb8e44951446a27L,
    0x3cb9003a2973b58fL, 0x3cb91c38dc288347L, 0x3cb9384612ef0afcL, 0x3cb954627903a28aL,
    0x3cb9708ebb70d5eeL, 0x3cb98ccb892e2a31L, 0x3cb9a919933f99bfL, 0x3cb9c5798cd5d92cL,
    0x3cb9e1ec2b6f7411L, 0x3cb9fe7226fad24aL, 0x3cba1b0c39f93692L, 0x3cba37bb21a2c85bL,
    0x3cba547f9e0bbb88L, 0x3cba715a724aa9a4L, 0x3cba8e4c64a0313dL, 0x3cbaab563e9ff108L,
    0x3cbac878cd5af5ceL, 0x3cbae5b4e18bb336L, 0x3cbb030b4fc3a11aL, 0x3cbb207cf09a985bL,
    0x3cbb3e0aa0e00c00L, 0x3cbb5bb541ce3d03L, 0x3cbb797db93f8927L, 0x3cbb9764f1e5f73cL,
    0x3cbbb56bdb85256eL, 0x3cbbd3936b2ec0a2L, 0x3cbbf1dc9b81ae83L, 0x3cbc10486cec16a0L,
    0x3cbc2ed7e5f07a2dL, 0x3cbc4d8c136e0d1cL, 0x3cbc6c6608ec8705L, 0x3cbc8b66e0eba617L,
    0x3cbcaa8fbd36a2abL, 0x3cbcc9e1c73bd690L, 0x3cbce95e3068e037L, 0x3cbd0906328b8f6eL,
    0x3cbd28db1037ef20L, 0x3cbd48de1533c647L, 0x3cbd691096e7f123L, 0x3cbd8973f4d7fba5L,
    0x3cbdaa0999206e70L, 0x3cbdcad2f8fc490eL, 0x3cbdebd195522e37L, 0x3cbe0d06fb49d21cL,
    0x3cbe2e74c4ea46f6L, 0x3cbe501c99c1d188L, 0x3cbe72002f97fe25L, 0x3cbe94214b2abf0aL,
    0x3cbeb681c0f76f08L, 0x3cbed9237610a73aL, 0x3cbefc086101eca9L, 0x3cbf1f328ac25321L,
    0x3cbf42a40fb74d6dL, 0x3cbf665f20c90168L, 0x3cbf8a6604899782L, 0x3cbfaebb187122bfL,
    0x3cbfd360d22fe785L, 0x3cbff859c118f60bL, 0x3cc00ed447d3a075L, 0x3cc021a8028fc947L,
    0x3cc034a983a902abL, 0x3cc047da4e3ef5c7L, 0x3cc05b3bf6adb37eL, 0x3cc06ed023a72668L,
    0x3cc082988f632e17L, 0x3cc0969708e8a254L, 0x3cc0aacd7571c0c4L, 0x3cc0bf3dd1eed448L,
    0x3cc0d3ea34aa3d30L, 0x3cc0e8d4cf116593L, 0x3cc0fdffefa69fb6L, 0x3cc1136e04207041L,
    0x3cc129219bbb5d35L, 0x3cc13f1d69c4096dL, 0x3cc1556448602e3bL, 0x3cc16bf93b9deef3L,
    0x3cc182df74d21261L, 0x3cc19a1a564eebacL, 0x3cc1b1ad777f2f8eL, 0x3cc1c99ca971a694L,
    0x3cc1e1ebfbe4ae39L, 0x3cc1fa9fc2e2d901L, 0x3cc213bc9d04cc81L, 0x3cc22d477a6fd3eeL,
    0x3cc24745a4ac9c24L, 0x3cc261bcc77658e0L, 0x3cc27cb2faa8592eL, 0x3cc2982ecd770e78L,
    0x3cc2b437532a0a52L, 0x3cc2d0d43196db97L, 0x3cc2ee0db1a978f5L, 0x3cc30becd256aeeeL,
    0x3cc32a7b5e68a4a3L, 0x3cc349c405ae12a3L, 0x3cc369d27a33a840L, 0x3cc38ab39256410aL,
    0x3cc3ac7570ae88faL, 0x3cc3cf27b31704a6L, 0x3cc3f2dbaa60f475L, 0x3cc417a49cb9e5daL,
    0x3cc43d9815545e94L, 0x3cc464ce44a73a15L, 0x3cc48d62759c43bcL, 0x3cc4b7739d6b5a27L,
    0x3cc4e3250dcd8902L, 0x3cc5109f53e9ac41L, 0x3cc54011523a7e42L, 0x3cc571b1a94ae41bL,
    0x3cc5a5c08b718dd9L, 0x3cc5dc8a243ad0feL, 0x3cc61669cf861e4cL, 0x3cc653ce7b006aeaL,
    0x3cc69540be9fe5c3L, 0x3cc6db6b8d09e232L, 0x3cc72728f05f7a34L, 0x3cc7799556090673L,
    0x3cc7d42df4d6ce8cL, 0x3cc839030529f234L, 0x3cc8ab0fbfaa7c14L, 0x3cc92ee0946f4496L,
    0x3cc9cbee014057abL, 0x3cca8fdc7894775aL, 0x3ccb981f3878fdb1L, 0x3ccd3bb48209ad33L
  };

  static final long[] HEIGHTS = {
    0x3ff0000000000000L, 0x3fef446ac979f087L, 0x3feeb7545b6ca915L, 0x3fee3f11e027f077L,
    0x3fedd36fa704de95L, 0x3fed70920657bcf2L, 0x3fed144978a119dcL, 0x3fecbd33a8a72debL,
    0x3fec6a5ecea9787fL, 0x3fec1b1cd9eebaeaL, 0x3febceeb4ee1dc82L, 0x3feb85653a8ff552L,
    0x3feb3e3a8234dd10L, 0x3feaf92a3f6ce8a2L, 0x3feab5fef17a2504L, 0x3fea748bd550c9e1L,
    0x3fea34aafdf5af0fL, 0x3fe9f63bee651fd8L, 0x3fe9b9228d240681L, 0x3fe97d4657617ac1L,
    0x3fe94291c21b7a47L, 0x3fe908f1bd31714fL, 0x3fe8d0554fe60aa8L, 0x3fe898ad48badf02L,
    0x3fe861ebfc37bcacL, 0x3fe82c050f56cf6eL, 0x3fe7f6ed4b20e2cbL, 0x3fe7c29a779c6858L,
    0x3fe78f033ca0b0d5L, 0x3fe75c1f0770d856L, 0x3fe729e5f43f6d12L, 0x3fe6f850baea7aeeL,
    0x3fe6c7589e635a89L, 0x3fe696f75e513b2aL, 0x3fe667272a92e323L, 0x3fe637e298550c18L,
    0x3fe6092498802665L, 0x3fe5dae86f4aff6aL, 0x3fe5ad29acc85c89L, 0x3fe57fe4264c8d8fL,
    0x3fe55313f08d9e46L, 0x3fe526b55a656cd5L, 0x3fe4fac4e820b667L, 0x3fe4cf3f4f494ec0L,
    0x3fe4a42172dc5278L, 0x3fe479685fdf5012L, 0x3fe44f114a493679L, 0x3fe425198a355fe3L,
    0x3fe3fb7e99585b82L, 0x3fe3d23e10af31a3L, 0x3fe3a955a662cd0eL, 0x3fe380c32bda00d5L,
    0x3fe358848bf550e9L, 0x3fe33097c9703a35L, 0x3fe308fafd6438efL, 0x3fe2e1ac55ea3beeL,
    0x3fe2baaa14d7954aL, 0x3fe293f28e93cd15L, 0x3fe26d84290504edL, 0x3fe2475d5a90db84L,
    0x3fe2217ca92ff7f2L, 0x3fe1fbe0a9929620L, 0x3fe1d687fe549969L, 0x3fe1b171573fd111L,
    0x3fe18c9b709b3c50L, 0x3fe16805128639daL, 0x3fe143ad105ea99cL, 0x3fe11f9248311f38L,
    0x3fe0fbb3a2325913L, 0x3fe0d810104142a0L, 0x3fe0b4a68d70d9aeL, 0x3fe091761d995d81L,
    0x3fe06e7dccf03c36L, 0x3fe04bbcafa63f2eL, 0x3fe02931e18b822aL, 0x3fe006dc85b8cac4L,
    0x3fdfc9778c7bbda1L, 0x3fdf859da7a900caL, 0x3fdf4229cb2f7af3L, 0x3fdeff1a717e8f95L,
    0x3fdebc6e20bd1f54L, 0x3fde7a236a4ec3c5L, 0x3fde3838ea5f9b85L, 0x3fddf6ad47763a09L,
    0x3fddb57f320b56b1L, 0x3fdd74ad6426de33L, 0x3fdd3436a1021080L, 0x3fdcf419b4ae5b6dL,
    0x3fdcb45573c0a848L, 0x3fdc74e8bb00d7c7L, 0x3fdc35d26f1d2cb8L, 0x3fdbf7117c616a17L,
    0x3fdbb8a4d6716d91L, 0x3fdb7a8b7807131bL, 0x3fdb3cc462b331caL, 0x3fdaff4e9ea18552L,
    0x3fdac2293a5f5a9eL, 0x3fda85534aa4d880L, 0x3fda48cbea20c04dL, 0x3fda0c923946843eL,
    0x3fd9d0a55e1e93dfL, 0x3fd995048418c0c6L, 0x3fd959aedbe09f93L, 0x3fd91ea39b33cb17L,
    0x3fd8e3e1fcb9f115L, 0x3fd8a9693fde9188L, 0x3fd86f38a8ac5ab6L, 0x3fd8354f7faa0dd9L,
    0x3fd7fbad11b8d911L, 0x3fd7c250aff414b0L, 0x3fd78939af9252ebL, 0x3fd7506769c7b1edL,
    0x3fd717d93ba9614cL, 0x3fd6df8e86124caaL, 0x3fd6a786ad88de21L, 0x3fd66fc11a25cbe2L,
    0x3fd6383d377be515L, 0x3fd600fa7480d2c8L, 0x3fd5c9f84376c244L, 0x3fd5933619d6eebeL,
    0x3fd55cb3703d0100L, 0x3fd5266fc2533bedL, 0x3fd4f06a8ebf6d92L, 0x3fd4baa357109ca2L,
    0x3fd485199fad6ad4L, 0x3fd44fccefc324feL, 0x3fd41abcd1357a19L, 0x3fd3e5e8d08ed2dbL,
    0x3fd3b1507cf143aeL, 0x3fd37cf368081379L, 0x3fd348d125f9d19eL, 0x3fd314e94d5af62fL,
    0x3fd2e13b77210766L, 0x3fd2adc73e963fddL, 0x3fd27a8c414db11eL, 0x3fd2478a1f17de89L,
    0x3fd214c079f7cc9eL, 0x3fd1e22ef6188116L, 0x3fd1afd539c2f050L, 0x3fd17db2ed5454e8L,
    0x3fd14bc7bb34ee67L, 0x3fd11a134fcf2423L, 0x3fd0e895598709c4L, 0x3fd0b74d88b242daL,
    0x3fd0863b8f904336L, 0x3fd0555f2242e9d9L, 0x3fd024b7f6c7747eL, 0x3fcfe88b89df93c5L,
    0x3fcf88108cb83235L, 0x3fcf27fe6ce998d2L, 0x3fcec854a4c99c44L, 0x3fce6912b2283cddL,
    0x3fce0a3816457184L, 0x3fcdabc455c7900aL, 0x3fcd4db6f8b2514fL, 0x3fccf00f8a5e6fccL,
    0x3fcc92cd9971df53L, 0x3fcc35f0b7d89d47L, 0x3fcbd9787abe18a1L, 0x3fcb7d647a8731aaL,
    0x3fcb21b452ccd13aL, 0x3fcac667a2571807L, 0x3fca6b7e0b19267eL, 0x3fca10f7322d7e3dL,
    0x3fc9b6d2bfd2fe5aL, 0x3fc95d105f6a7c27L, 0x3fc903afbf74fa69L, 0x3fc8aab09192815bL,
    0x3fc852128a819a38L, 0x3fc7f9d5621f7175L, 0x3fc7a1f8d368a323L, 0x3fc74a7c9c7ab5a6L,
    0x3fc6f3607e964716L, 0x3fc69ca43e21f25cL, 0x3fc64647a2adf19cL, 0x3fc5f04a76f883f9L,
    0x3fc59aac88f31d6cL, 0x3fc5456da9c86835L, 0x3fc4f08dade31fc1L, 0x3fc49c0c6cf5ce2dL,
    0x3fc447e9c20375d5L, 0x3fc3f4258b6931aeL, 0x3fc3a0bfaae8d7eeL, 0x3fc34db805b4ab88L,
    0x3fc2fb0e847c2a65L, 0x3fc2a8c3137a071aL, 0x3fc256d5a2835eb7L, 0x3fc2054625183c34L,
    0x3fc1b41492757d42L, 0x3fc16340e5a82d63L, 0x3fc112cb1da26eb9L, 0x3fc0c2b33d5209baL,
    0x3fc072f94bb8bf85L, 0x3fc0239d54067d2aL, 0x3fbfa93ecb6b222cL, 0x3fbf0bff29520e1cL,
    0x3fbe6f7bf29aa54bL, 0x3fbdd3b56176e88fL, 0x3fbd38abb9bd91e5L, 0x3fbc9e5f493b740aL,
    0x3fbc04d0680b1015L, 0x3fbb6bff78f2e233L, 0x3fbad3ece9caf633L, 0x3fba3c9933ea6286L,
    0x3fb9a604dc9d5b19L, 0x3fb9103075a4a0abL, 0x3fb87b1c9dbf2852L, 0x3fb7e6ca013eefd6L,
    0x3fb753395aaa1176L, 0x3fb6c06b73694a4cL, 0x3fb62e6124854d18L, 0x3fb59d1b577466a4L,
    0x3fb50c9b06fa2baeL, 0x3fb47ce1401b2213L, 0x3fb3edef23269a86L, 0x3fb35fc5e4d93e70L,
    0x3fb2d266cf9b3111L, 0x3fb245d344dd0d91L, 0x3fb1ba0cbe97897dL, 0x3fb12f14d0f2179dL,
    0x3fb0a4ed2c159625L, 0x3fb01b979e30e497L, 0x3faf262c2b6c6e35L, 0x3fae16d547b25181L,
    0x3fad092efeadf162L, 0x3fabfd3e0f282a2cL, 0x3faaf30790385f70L, 0x3fa9ea90f9295563L,
    0x3fa8e3e02a68b5abL, 0x3fa7defb77af271eL, 0x3fa6dbe9b398d064L, 0x3fa5dab23cf2add4L,
    0x3fa4db5d0e11275dL, 0x3fa3ddf2ce98eecbL, 0x3fa2e27ce83df497L, 0x3fa1e9059f1f6abcL,
    0x3fa0f1982e968011L, 0x3f9ff881d718a5c4L, 0x3f9e121adb828c75L, 0x3f9c301983cd091aL,
    0x3f9a529f4e22ebf8L, 0x3f9879d1b600c10aL, 0x3f96a5daf40bbf82L, 0x3f94d6eaf2fbb064L,
    0x3f930d388dab5e13L, 0x3f91490334603012L, 0x3f8f152a4f72dd49L, 0x3f8ba48d274f8facL,
    0x3f8841040d8da478L, 0x3f84eb96421acfe0L, 0x3f81a59229952f92L, 0x3f7ce160f8ec6837L,
    0x3f769ea8d90cb85dL, 0x3f708a1f03b0b1fdL, 0x3f655f9f43c1b067L, 0x3f54a605b6b9f70fL
  };
}
