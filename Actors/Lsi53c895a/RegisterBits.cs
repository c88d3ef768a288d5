namespace ScsiActors.Lsi53c895a;

/// <summary>Byte offsets of the operating registers, by their datasheet names.</summary>
internal static class Reg
{
    public const int Scntl0 = 0x00, Scntl1 = 0x01, Scntl2 = 0x02, Scntl3 = 0x03, Scid = 0x04, Sxfer = 0x05, Sdid = 0x06, Gpreg = 0x07;
    public const int Sfbr = 0x08, Socl = 0x09, Ssid = 0x0A, Sbcl = 0x0B, Dstat = 0x0C, Sstat0 = 0x0D, Sstat1 = 0x0E, Sstat2 = 0x0F;
    public const int Dsa = 0x10, Istat0 = 0x14, Istat1 = 0x15, Mbox0 = 0x16, Mbox1 = 0x17;
    public const int Ctest0 = 0x18, Ctest1 = 0x19, Ctest2 = 0x1A, Ctest3 = 0x1B, Temp = 0x1C, Dfifo = 0x20, Ctest4 = 0x21, Ctest5 = 0x22;
    public const int Ctest6 = 0x23, Dbc = 0x24, Dcmd = 0x27, Dnad = 0x28, Dsp = 0x2C, Dsps = 0x30, ScratchA = 0x34;
    public const int Dmode = 0x38, Dien = 0x39, Sbr = 0x3A, Dcntl = 0x3B, Adder = 0x3C, Sien0 = 0x40, Sien1 = 0x41, Sist0 = 0x42, Sist1 = 0x43;
    public const int Macntl = 0x46, Gpcntl = 0x47, Stime0 = 0x48, Stime1 = 0x49, Stest1 = 0x4D, Stest2 = 0x4E, Stest3 = 0x4F;
    public const int Sidl = 0x50, Stest4 = 0x52, Ccntl0 = 0x56, Ccntl1 = 0x57, Sbdl = 0x58, ScratchB = 0x5C, ScratchC = 0x60;
    public const int Mmrs = 0xA0, Mmws = 0xA4, Sfs = 0xA8, Drs = 0xAC, Sbms = 0xB0, Dbms = 0xB4, Dnad64 = 0xB8;
    public const int Pmjad1 = 0xC0, Pmjad2 = 0xC4, Rbc = 0xC8, Ua = 0xCC, Esa = 0xD0, Ia = 0xD4, Sbc = 0xD8, Csbc = 0xDC;
}

/// <summary>Bits of the operating registers, by their datasheet names.</summary>
internal static class Bit
{
    public const byte Scntl1Con = 0x10, Scntl1Rst = 0x08, Scntl1Iarb = 0x02;
    public const byte Scntl2Sdu = 0x80, Scntl2Chm = 0x40, Scntl2Wsr = 0x01;
    public const byte ScidRre = 0x40;
    public const byte SoclAck = 0x40, SoclAtn = 0x08;
    public const byte SbclReq = 0x80, SbclBsy = 0x20;
    public const byte SsidVal = 0x80;
    public const byte DstatDfe = 0x80, DstatMdpe = 0x40, DstatBf = 0x20, DstatAbrt = 0x10, DstatSsi = 0x08, DstatSir = 0x04, DstatIid = 0x01;
    public const byte Sstat0Loa = 0x08, Sstat0Woa = 0x04, Sstat0Rst = 0x02;
    public const byte Sstat2Ldsc = 0x02;
    public const byte Istat0Abrt = 0x80, Istat0Srst = 0x40, Istat0Sigp = 0x20, Istat0Sem = 0x10, Istat0Con = 0x08, Istat0Intf = 0x04;
    public const byte Istat0Sip = 0x02, Istat0Dip = 0x01;
    public const byte Istat1Srun = 0x02, Istat1IrqDisable = 0x01;
    public const byte Ctest2Sigp = 0x40, Ctest2Cio = 0x20, Ctest2Cm = 0x10, Ctest2Srtch = 0x08, Ctest2Dack = 0x01;
    public const byte Ctest3Flf = 0x08, Ctest3Clf = 0x04;
    public const byte Ctest5Adck = 0x80, Ctest5Bbck = 0x40, Ctest5Bo = 0x03;
    public const byte DmodeSiom = 0x20, DmodeDiom = 0x10, DmodeMan = 0x01;
    public const byte DcntlPff = 0x40, DcntlSsm = 0x10, DcntlStd = 0x04, DcntlIrqd = 0x02, DcntlCom = 0x01;
    public const byte Sist0Ma = 0x80, Sist0Cmp = 0x40, Sist0Sel = 0x20, Sist0Rsl = 0x10, Sist0Sge = 0x08, Sist0Udc = 0x04, Sist0Rst = 0x02;
    public const byte Sist0Par = 0x01;
    public const byte Sist1Sbmc = 0x10, Sist1Sto = 0x04, Sist1Gen = 0x02, Sist1Hth = 0x01;
    public const byte Stime0Sel = 0x0F, Stime1Gen = 0x0F;
    public const byte Stime1Gensf = 0x20, Stime1Hthsf = 0x10;
    public const byte Stest2Rof = 0x40, Stest3Csf = 0x02;
    public const byte Ccntl0Enpmj = 0x80, Ccntl0Pmjctl = 0x40, Ccntl0Enndj = 0x20;
    public const byte Ccntl1Timod = 0x04, Ccntl1En64Tibmv = 0x02, Ccntl1En64Dbmv = 0x01;
}
