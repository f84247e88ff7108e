package org.apache.zookeeper;

import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ARETURN;
import static org.objectweb.asm.Opcodes.ASM9;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import org.apache.jute.Index;
import org.apache.jute.InputArchive;
import org.apache.jute.OutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;

/**
 * What LinkedIn's client library has beyond Apache's: all children of a node, asked for by pages. Over the connection of Apache's, in whose package it is
 * for that.
 */
public final class ChildrenByPages {
    private static final int GET_CHILDREN_PAGINATED = 71;
    private static final String CLIENT = "org/apache/zookeeper/ZooKeeper";

    /** Pages that were asked for until now. */
    public static int pages;

    private ChildrenByPages() {}

    /**
     * Gives Apache's {@code ZooKeeper} the method {@code getAllChildrenPaginated}, by which programs know LinkedIn's. Before that class is used for the first
     * time.
     */
    public static void addToClient() throws IOException, IllegalAccessException {
        try (InputStream original = ChildrenByPages.class.getResourceAsStream("/" + CLIENT + ".class")) {
            ClassReader reader = new ClassReader(original);
            ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
            reader.accept(new ClassVisitor(ASM9, writer) {
                @Override
                public void visitEnd() {
                    String[] thrown = {"org/apache/zookeeper/KeeperException", "java/lang/InterruptedException"};
                    MethodVisitor code = visitMethod(
                        ACC_PUBLIC, "getAllChildrenPaginated", "(Ljava/lang/String;Z)Ljava/util/List;", null, thrown);
                    code.visitCode();
                    code.visitVarInsn(ALOAD, 0);
                    code.visitVarInsn(ALOAD, 1);
                    code.visitVarInsn(ILOAD, 2);
                    code.visitMethodInsn(INVOKESTATIC, "org/apache/zookeeper/ChildrenByPages", "all",
                        "(L" + CLIENT + ";Ljava/lang/String;Z)Ljava/util/List;", false);
                    code.visitInsn(ARETURN);
                    code.visitMaxs(0, 0);
                    code.visitEnd();
                    super.visitEnd();
                }
            }, 0);
            MethodHandles.lookup().defineClass(writer.toByteArray());
        }
    }

    public static List<String> all(ZooKeeper zooKeeper, String path, boolean watch)
        throws KeeperException, InterruptedException {
        List<String> children = new ArrayList<>();
        Page page = new Page();
        page.nextCzxid = 0;
        page.nextOffset = 0;
        do {
            page = next(zooKeeper, new Asked(path, page.nextCzxid, page.nextOffset, watch));
            children.addAll(page.children);
            pages++;
        } while (page.nextCzxid != -1 || page.nextOffset != -1);
        return children;
    }

    private static Page next(ZooKeeper zooKeeper, Asked asked) throws KeeperException, InterruptedException {
        RequestHeader header = new RequestHeader();
        header.setType(GET_CHILDREN_PAGINATED);
        Page page = new Page();
        ZooKeeper.WatchRegistration registration = asked.watch
            ? zooKeeper.new ChildWatchRegistration(zooKeeper.watchManager.defaultWatcher, asked.path)
            : null;
        ReplyHeader reply = zooKeeper.cnxn.submitRequest(header, asked, page, registration);
        if (reply.getErr() != 0) throw KeeperException.create(KeeperException.Code.get(reply.getErr()), asked.path);
        return page;
    }

    private static final class Asked implements Record {
        final String path;
        final long minCzxid;
        final int czxidOffset;
        final boolean watch;

        Asked(String path, long minCzxid, int czxidOffset, boolean watch) {
            this.path = path;
            this.minCzxid = minCzxid;
            this.czxidOffset = czxidOffset;
            this.watch = watch;
        }

        @Override
        public void serialize(OutputArchive archive, String tag) throws IOException {
            archive.startRecord(this, tag);
            archive.writeString(path, "path");
            archive.writeInt(Integer.MAX_VALUE, "maxReturned");
            archive.writeLong(minCzxid, "minCzxId");
            archive.writeInt(czxidOffset, "czxIdOffset");
            archive.writeBool(watch, "watch");
            archive.endRecord(this, tag);
        }

        @Override
        public void deserialize(InputArchive archive, String tag) {
            throw new UnsupportedOperationException("it is only sent");
        }
    }

    private static final class Page implements Record {
        final List<String> children = new ArrayList<>();
        long nextCzxid;
        int nextOffset;

        @Override
        public void deserialize(InputArchive archive, String tag) throws IOException {
            archive.startRecord(tag);
            Index index = archive.startVector("children");
            for (; index != null && !index.done(); index.incr()) children.add(archive.readString("child"));
            archive.endVector("children");
            archive.readRecord(new Stat(), "stat");
            nextCzxid = archive.readLong("nextPageCzxid");
            nextOffset = archive.readInt("nextPageCzxidOffset");
            archive.endRecord(tag);
        }

        @Override
        public void serialize(OutputArchive archive, String tag) {
            throw new UnsupportedOperationException("it is only received");
        }
    }
}
