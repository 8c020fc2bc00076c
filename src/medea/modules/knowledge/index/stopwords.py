"""Words that say nothing about what a text is about, by language (ISO 639-1).

They are left out of the index; they also tell languages of one script apart. Single letters are what
apostrophes leave behind.
"""

_LISTS = {
    "en": """a an and are as at be been but by can could did do does doing for from had has have he her hers him
        his i if in into is it its me my no nor not of on or our ours s she should so such t than that the their
        theirs them then there these they this those to us was we were will with would you your yours am being
        what which who whom how when where why""",
    "de": """aber als also am an auch auf aus bei bin bis bist da damit dann das dass daß dein deine dem den denn der
        des die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es
        euer für gegen hat hatte hatten habe haben hier ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist
        ja jede jedem jeden jeder jedes jetzt kann kein keine keinem keinen keiner können könnte man mein meine mich
        mir mit nach nicht noch nun nur ob oder ohne sein seine seinem seinen seiner seit sich sie sind so über um
        und uns unser unter vom von vor war waren warum was wegen weil welche welchem welchen welcher welches wenn
        wer werde werden wie wieder will wir wird wo wurde wurden zu zum zur zwischen""",
    "fr": """à au aux avec c ce ces cet cette d dans de des du elle elles en est et été être eux il ils j je l la le
        les leur leurs lui m ma mais me même mes moi mon n ne nos notre nous on ont ou où par pas pour qu que quel
        quelle quelles quels qui s sa sans se sera ses si son sont sur t ta te tes toi ton tu un une vos votre vous
        y était étaient avait avaient a ai as avez comment quand pourquoi combien""",
    "es": """a al ante como cómo con contra cual cuál cuales cuáles cuando cuándo cuanto cuánto cuántos de del desde
        donde dónde dos durante e el él ella ellas ellos en entre era eran es esa esas ese eso esos esta está estaba
        están estas este esto estos fue fueron ha había han hasta hay la las le les lo los más me mi mis muy nada ni
        no nos nosotros o os otra otros para pero por porque que qué quien quién quienes se sea ser si sí sin sobre
        son su sus también tanto te tiene tienen todo todos tu tus un una uno unos y ya yo""",
    "it": """a ad al alla alle agli ai allo anche c che chi ci come con cosa cui d da dagli dai dal dalla dalle dallo
        degli dei del dell della delle dello di dove e è ed era erano gli ha hanno ho i il in io l la le lei li lo
        loro lui ma mi mia mio ne negli nei nel nell nella nelle nello noi non nostra nostro o per perché più qual
        quale quali quando quanto quella quelle quelli quello questa queste questi questo se sei si sia sono su sua
        sugli sui sul sull sulla sulle suo suoi tra tu tua tuo un una uno vi voi""",
    "pt": """a à ao aos as às até com como da das de dela dele deles depois do dos e é ela elas ele eles em entre era
        eram essa essas esse esses esta está estão estas este estes eu foi foram há isso isto já lhe mais mas me
        mesmo meu minha muito na não nas nem no nos nós o onde os ou para pela pelas pelo pelos por porque qual quais
        quando quanto que quem se sem ser seu seus são só sua suas também te tem têm teu tua um uma umas uns você
        vocês""",
    "nl": """aan al alles als ben bij daar dan dat de der deze die dit doch doen door dus een en er ge geen haar had
        hebben heb heeft hem het hier hij hoe hun ik in is ja je kan kon maar me meer men met mij mijn naar niet nog
        nu of om omdat ons onze ook op over te tegen toch toen tot u uit uw van veel voor waar waarom want waren was
        wat wel welke werd wie wij wil word worden zal ze zich zij zijn zo zonder zou""",
    "sv": """alla att av blev bli blir da de dem den denna deras dess det detta dig din dina ditt du där då efter ej
        eller en er ett för från han hans har hon honom hur här i icke ingen inom inte jag ju kan man med mellan men
        mig min mina mitt mot mycket ni nu när någon något några och om oss på sig sin sina sitt ska som så sådan
        till under upp ut utan vad var vara varför varit vem vi vid vilka vilken vilket är över""",
    "da": """af alle alt at blev blive bliver da de dem den denne der deres det dette dig din disse dog du efter
        eller en end er et for fra ham han hans har havde hende her hos hun hvad hvem hvis hvor hvordan hvorfor i
        ikke ind jeg jer kan man mange med meget men mig min mod ned noget nogle nu når og også om op os over på
        sig sin skal som sådan til ud under var ved vi vil være været""",
    "no": """alle at av bare ble bli blir da de deg dem den denne der deres det dette din disse du eller en enn er et
        etter for fordi fra før ha hadde han hans har henne her hun hva hvem hvilke hvilken hvis hvor hvordan hvorfor
        i ikke inn jeg kan man mange med meg mellom men min mot noe noen nå når og også om opp oss over på seg sin
        skal som så til under ut var ved vi vil være vært""",
    "fi": """ei eivät en että he hän ja jo joka jos kanssa kuin kuka kun mikä me minä missä miten mutta myös ne niin
        nyt ole oli olivat olla on ovat se sekä sen siis sinä tai te tämä vai vaan voi""",
    "ru": """а без более больше будет был была были было быть в вам вас ведь во вот все всего всех вы где да даже для
        до его ее её если есть еще ещё же за и из или им их к как какая какие какой какое когда кого кто который
        которая которые ли либо между меня мне мы на над надо нас не него нее неё нет ни них но о об один он она они
        оно от перед по под после почему при про с сам себя сколько со так также такой там того тоже только том тот
        ты у уже чего чем что чтобы эта эти это этого этой этом этот я""",
    "tr": """acaba ama aslında az bazı belki ben bir biri biz bu bunu çok çünkü da daha de defa diye eğer en gibi
        hangi hem hep hepsi her hiç için ile ise kadar ki kim kimin mı mi mu mü nasıl ne neden nerede nereye niçin o
        olan olarak oldu olduğu onlar sanki siz şey şu tüm ve veya ya yani""",
    "ro": """a acea aceasta această aceste acest acesta ai al ale am ar are as asta au avea aș că care ce cea cei
        cel cele cine cu cum da dar de deci din dintre după ea ei el ele era erau este eu face fi fie fiind foarte
        fost i în în și într îi îl își la le li lor lui mai mult ne nici nu o ori pe pentru prin sa să sau se
        și sunt te un una unde unei unor unui va vor când cât câți""",
    "el": """αλλά αν από αυτά αυτές αυτή αυτό αυτοί αυτός για δε δεν εάν είναι είχε εκείνα ένα ένας έναν ενώ επί έχει
        έχουν ή ήταν η θα και κατά με μετά μια μία μην να ο οι όπως όταν ότι ου πιο ποια ποιο ποιος ποιοι πόσο πότε
        που πού πριν προς πώς σαν σε στα στη στην στις στο στον στους τα τη την της τι τις το τον του τους των ως""",
    "pl": """a ale ani aby bardzo bez być był była było były bo by ci co czy dla do gdy gdzie go i ich ile im inne
        ja jak jaka jakie jaki jako je jego jej jest jeśli już kiedy kto która które który lub ma mi może my na nad
        nas nie niż o od on ona one oni oraz po pod przed przez przy są się ta tak także tam te tego tej ten to tu
        tych tylko tym w we więc z za ze że""",
    "hu": """a az abban ahol aki akkor alatt amely amikor ami az azért azok be csak de e egy el ez ezek ha hány hogy
        hogyan hol igen is itt ki kell le lehet lesz meg melyik mert mi mikor milyen mint most nagy ne nem olyan ott
        össze pedig s sem után vagy van vannak volt voltak""",
    "id": """ada adalah agar akan anda apa atau bagaimana bagi bahwa banyak beberapa berapa bisa dalam dan dapat dari
        di dia dengan hanya harus ia ini itu jika juga kami kapan karena ke kepada kita lebih maka mana mengapa
        mereka oleh pada para saat saja sangat saya sebagai sebuah secara seperti serta siapa sudah telah tersebut
        tetapi tidak untuk yaitu yang""",
    "ar": """أن أو إلى إن التي الذي الذين اللذان ألا أما أم أي أين إذا بعد بين تلك ثم حتى حيث ذلك ذا على عن عند غير
        فى في فيه قد كان كانت كل كم كما كيف لا لكن لم لماذا لن له لها ليس ما ماذا متى مع من منذ منها منه هذا هذه هل
        هم هنا هو هي و ولا وهو وهي يكون""",
    "hi": """का के की में है हैं से को पर इस यह वह और एक था थी थे ने भी कि जो तो ही हो कर लिए या किस कौन क्या कब कहाँ
        कैसे क्यों कितने अपने उस उन इन तक साथ बाद जब गया किया रहा हुआ होता""",
    "vi": """và của là các có được cho trong một những với không này đã để khi từ đến người ở về như ra cũng tại bởi
        vào sẽ đó nào gì ai bao nhiêu thế tại sao mà thì hay hoặc do theo""",
}

STOP_WORDS: dict[str, frozenset[str]] = {language: frozenset(words.split()) for language, words in _LISTS.items()}
