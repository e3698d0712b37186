package dev.orograph.tokenizer;

import dev.orograph.input.ProtoWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Hand-made tokenizers of every format, a few pieces each. */
public final class TinyTokenizers {
  private static final String ADDED =
      "{'id':%s,'content':'%s','single_word':false,'lstrip':%b,'rstrip':false,'normalized':%b,"
          + "'special':true}";

  private static final String BYTE_LEVEL =
      "{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true,'use_regex':%b}";

  /** The expression of Llama 3. */
  static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private TinyTokenizers() {}

  /** Byte-level BPE with an expression, a template and tokens beside the model's with a gap. */
  public static String byteLevelBpe() {
    return json(
        "{'type':'Sequence','normalizers':[{'type':'NFC'}]}",
        "{'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'"
            + LLAMA3.replace("\\", "\\\\").replace("'", "\\u0027")
            + "'},'behavior':'Isolated','invert':false},"
            + String.format(Locale.ROOT, BYTE_LEVEL, false)
            + "]}",
        "{'type':'Sequence','processors':["
            + String.format(Locale.ROOT, BYTE_LEVEL, true)
            + ",{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<b>','type_id':0}},"
            + "{'Sequence':{'id':'A','type_id':0}}],'pair':[],"
            + "'special_tokens':{'<b>':{'id':'<b>','ids':[20],'tokens':['<b>']}}}]}",
        String.format(Locale.ROOT, BYTE_LEVEL, true),
        "{'type':'BPE','dropout':null,'unk_token':null,'continuing_subword_prefix':null,"
            + "'end_of_word_suffix':null,'fuse_unk':false,'byte_fallback':false,'vocab':{'a':0,"
            + "'b':1,'\u0120':2,'ab':3,'\u00c3':4,'\u00a9':5,'\u00c3\u00a9':6,'\u0120a':7,'\u010a':9},"
            + "'merges':['a b',['\u00c3','\u00a9'],'\u0120 a']}",
        String.format(Locale.ROOT, ADDED, 20, "<b>", false, false)
            + ","
            + String.format(Locale.ROOT, ADDED, 30, "<e>", true, false));
  }

  /** BPE with marks of spaces and single bytes, as Llama has it. */
  public static String byteFallbackBpe() {
    return json(
        "{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'\u2581'},"
            + "{'type':'Replace','pattern':{'String':' '},'content':'\u2581'}]}",
        "null",
        "{'type':'RobertaProcessing','sep':['</s>',2],'cls':['<s>',1],'trim_offsets':true,"
            + "'add_prefix_space':false}",
        "{'type':'Sequence','decoders':[{'type':'Replace','pattern':{'String':'\u2581'},"
            + "'content':' '},{'type':'ByteFallback'},{'type':'Fuse'},"
            + "{'type':'Strip','content':' ','start':1,'stop':0}]}",
        "{'type':'BPE','dropout':null,'unk_token':'<unk>','fuse_unk':true,'byte_fallback':true,"
            + "'vocab':{'<unk>':0,'<s>':1,'</s>':2,'<0xC3>':3,'<0xA9>':4,'<0x0A>':5,'\u2581':6,"
            + "'a':7,'b':8,'ab':9,'\u2581ab':10},'merges':['a b','\u2581 ab']}",
        String.format(Locale.ROOT, ADDED, 0, "<unk>", false, true)
            + ","
            + String.format(Locale.ROOT, ADDED, 1, "<s>", false, true)
            + ","
            + String.format(Locale.ROOT, ADDED, 2, "</s>", false, false));
  }

  /** WordPiece as BERT has it. */
  public static String wordPiece() {
    return json(
        "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,"
            + "'strip_accents':null,'lowercase':true}",
        "{'type':'BertPreTokenizer'}",
        "{'type':'BertProcessing','sep':['[SEP]',2],'cls':['[CLS]',1]}",
        "{'type':'WordPiece','prefix':'##','cleanup':true}",
        "{'type':'WordPiece','unk_token':'[UNK]','continuing_subword_prefix':'##',"
            + "'max_input_chars_per_word':100,'vocab':{'[UNK]':0,'[CLS]':1,'[SEP]':2,'a':3,"
            + "'##b':4,'cafe':5}}",
        String.format(Locale.ROOT, ADDED, 0, "[UNK]", false, false)
            + ","
            + String.format(Locale.ROOT, ADDED, 1, "[CLS]", false, false));
  }

  /** Words and nothing else, with every other kind of pre-tokenizer. */
  public static String wordLevel() {
    return json(
        "{'type':'Sequence','normalizers':[{'type':'Lowercase'},{'type':'StripAccents'},"
            + "{'type':'Nmt'},{'type':'NFKD'},{'type':'Strip','strip_left':true,"
            + "'strip_right':true}]}",
        "{'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},{'type':'Punctuation',"
            + "'behavior':'Isolated'},{'type':'Digits','individual_digits':true},"
            + "{'type':'UnicodeScripts'},{'type':'CharDelimiterSplit','delimiter':'|'},"
            + "{'type':'Whitespace'},{'type':'Split','pattern':{'String':'x'},"
            + "'behavior':'Removed','invert':false}]}",
        "null",
        "{'type':'CTC','pad_token':'a','word_delimiter_token':'|','cleanup':true}",
        "{'type':'WordLevel','unk_token':'<u>','vocab':{'<u>':0,'a':1,'1':2,'.':3}}",
        String.format(Locale.ROOT, ADDED, 4, "<m>", false, true));
  }

  /** Unigram with a compiled normaliser. */
  public static String unigram() {
    return json(
        "{'type':'Sequence','normalizers':[{'type':'Precompiled','precompiled_charsmap':'"
            + Base64.getEncoder().encodeToString(charsmap())
            + "'},{'type':'Replace','pattern':{'Regex':' {2,}'},'content':' '}]}",
        "{'type':'Metaspace','replacement':'\u2581','prepend_scheme':'always','split':true}",
        "null",
        "{'type':'Metaspace','replacement':'\u2581','prepend_scheme':'always','split':true}",
        "{'type':'Unigram','unk_id':1,'vocab':[['</s>',0],['<unk>',0],['\u2581',-2],['a',-2.5],"
            + "['b',-3],['\u2581ab',-1]],'byte_fallback':false}",
        String.format(Locale.ROOT, ADDED, 0, "</s>", false, false)
            + ","
            + String.format(Locale.ROOT, ADDED, 6, "<x>", false, true));
  }

  private static String json(
      String normalizer, String pre, String post, String decoder, String model, String added) {
    return ("{'version':'1.0','truncation':{'direction':'Right','max_length':4,"
            + "'strategy':'LongestFirst','stride':0},'padding':null,'added_tokens':["
            + added
            + "],'normalizer':"
            + normalizer
            + ",'pre_tokenizer':"
            + pre
            + ",'post_processor':"
            + post
            + ",'decoder':"
            + decoder
            + ",'model':"
            + model
            + "}")
        .replace('\'', '"');
  }

  /** A compiled normaliser that makes an a of an A. */
  static byte[] charsmap() {
    ByteBuffer map = ByteBuffer.allocate(4 + 1024 + 2).order(ByteOrder.LITTLE_ENDIAN);
    map.putInt(0, 1024);
    map.putInt(4 + 4 * 'A', 'A' | 1 << 8 | ('A' ^ 0xC0) << 10);
    map.putInt(4 + 4 * 0xC0, 1 << 31);
    map.put(4 + 1024, (byte) 'a');
    return map.array();
  }

  /**
   * A SentencePiece model: unk, bos, eos, a piece of one's own and a few usual ones.
   *
   * @param bpe whether they are merged by rank
   */
  public static byte[] sentencePiece(boolean bpe) {
    ProtoWriter out = new ProtoWriter();
    List<String> pieces = List.of("<unk>", "<s>", "</s>", "<own>", "<0xC3>", "<0xA9>");
    int[] kinds = {2, 3, 3, 4, 6, 6};
    for (int i = 0; i < kinds.length; i++) {
      out.message(1, piece(pieces.get(i), 0, kinds[i]));
    }
    float score = -1;
    for (String piece : List.of("\u2581ab", "ab", "\u2581", "a", "b", "c")) {
      out.message(1, piece(piece, score--, 1));
    }
    out.message(2, new ProtoWriter().number(3, bpe ? 2 : 1).number(35, 1));
    out.message(3, new ProtoWriter().bytes(2, charsmap()));
    return out.toBytes();
  }

  private static ProtoWriter piece(String text, float score, int kind) {
    return new ProtoWriter().text(1, text).real(2, score).number(3, kind);
  }
}
